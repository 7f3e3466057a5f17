import { expect } from 'chai';
import sharp from 'sharp';
import { signDeliveryUrl } from '../../../src/modules/library/delivery/index.ts';
import { systemContext } from '../../../src/context.ts';
import { keys } from '../../../src/platform/storage/keys.ts';
import { startDelivery, WORKSPACE } from '../../support/fakes/delivery.ts';

type Started = Awaited<ReturnType<typeof startDelivery>>;

const BROWSER = { accept: 'image/avif,image/webp,image/*,*/*;q=0.8' };
const photo = (width = 400, height = 300) =>
  sharp({ create: { width, height, channels: 3, background: '#336699' } })
    .withExif({ IFD0: { Make: 'Cam', Artist: 'SERIAL-1' }, IFD3: { GPSLatitude: '1/1 2/1 3/1' } })
    .jpeg()
    .toBuffer();

describe('delivery', () => {
  let world: Started;
  let bytes: Buffer;

  before(async () => {
    bytes = await photo();
  });
  beforeEach(async () => {
    world = await startDelivery();
    world.add('a/photo.jpg', bytes);
  });
  afterEach(() => world.close());

  const only = async (over: Parameters<typeof startDelivery>[0]) => {
    await world.close();
    world = await startDelivery(over);
    return world.add('a/photo.jpg', bytes);
  };

  it('delivers a derivative with every header it promises', async () => {
    const { status, headers, body } = await world.get('/cdn/tr:w-100/a/photo.jpg', BROWSER);
    expect(status).to.equal(200);
    const { date: _date, connection: _connection, 'keep-alive': _keepAlive, ...stable } = headers;
    expect(stable).to.deep.equal({
      'content-type': 'image/webp',
      'content-length': String(body.length),
      'accept-ranges': 'bytes',
      'content-disposition': 'inline; filename=photo.webp',
      etag: headers.etag,
      'cache-control': 'public, max-age=60, stale-while-revalidate=30',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
      'cross-origin-resource-policy': 'cross-origin',
      'referrer-policy': 'no-referrer',
      'access-control-allow-origin': '*',
      'access-control-expose-headers': 'ik-error, Damson-Ignored, Damson-Focus, Content-DPR',
      vary: 'Accept',
      'surrogate-key': headers['surrogate-key'],
      'cache-tag': headers['surrogate-key']?.toString().replaceAll(' ', ','),
    });
    expect(headers['surrogate-key']).to.match(/^a-[\w-]{12} v-[\w-]{12} f-[\w-]{12} w-[\w-]{12}$/);
    expect(headers.etag).to.match(/^"[0-9a-f]{32}"$/);
    const meta = await sharp(body).metadata();
    expect([meta.width, meta.height, meta.format, meta.exif]).to.deep.equal([100, 75, 'webp', undefined]);
  });

  it('re-encodes a plain address, so that GPS and serial numbers never leave', async () => {
    const { status, headers, body } = await world.get('/cdn/a/photo.jpg');
    expect([status, headers['content-type']]).to.deep.equal([200, 'image/jpeg']);
    expect(body.includes('SERIAL-1')).to.equal(false);
    expect(bytes.includes('SERIAL-1')).to.equal(true);
  });

  it('says a density, and nothing else of the file', async () => {
    for (const format of ['jpg', 'png', 'webp', 'avif']) {
      for (const tr of ['dn-300', 'w-50,dn-300', 'r-5,dn-300']) {
        const { status, body } = await world.get(`/cdn/a/photo.jpg?tr=${tr},f-${format}`);
        expect(status, tr).to.equal(200);
        expect(body.includes('SERIAL-1'), `${tr} ${format}`).to.equal(false);
        expect(body.includes('GPS'), `${tr} ${format}`).to.equal(false);
        if (format === 'jpg') expect((await sharp(body).metadata()).density).to.equal(300);
      }
    }
  });

  it('negotiates by what is accepted, and the body is what the header says', async () => {
    const types: [accept: string, tr: string, type: string, vary: string | undefined][] = [
      ['image/webp,*/*', 'w-50', 'webp', 'Accept'],
      ['*/*', 'w-50', 'jpeg', 'Accept'],
      ['image/webp,*/*', 'w-50,f-jpg', 'jpeg', undefined],
      ['*/*', 'w-50,f-avif', 'avif', undefined],
      ['*/*', 'w-50,f-png', 'png', undefined],
      ['*/*', 'w-50,f-orig', 'jpeg', undefined],
    ];
    // Twice: cold, and from the hot table.
    for (const [accept, tr, type, vary] of [...types, ...types]) {
      const { headers, body } = await world.get(`/cdn/a/photo.jpg?tr=${tr}`, { accept });
      expect([headers['content-type'], headers.vary], `${accept} ${tr}`).to.deep.equal([`image/${type}`, vary]);
      expect((await sharp(body).metadata()).format).to.equal(type === 'avif' ? 'heif' : type);
    }
    expect(world.delivery.stats().hits).to.equal(types.length);
    const allowed = await only({ avif: true });
    expect((await world.get(`/cdn/@${allowed.assetId}/x.jpg?tr=w-50`, BROWSER)).headers['content-type']).to.equal('image/avif');
  });

  it('answers hot requests with the same bytes and headers, and without look-ups', async () => {
    const cold = await world.get('/cdn/tr:w-100/a/photo.jpg', BROWSER);
    const before = { ...world.seen, ...world.calls };
    const hot = await world.get('/cdn/tr:w-100/a/photo.jpg', BROWSER);
    expect(world.delivery.stats().hits).to.equal(1);
    expect({ ...world.seen, ...world.calls }).to.deep.equal(before);
    expect(hot.body.equals(cold.body)).to.equal(true);
    const without = (headers: Record<string, unknown>) => ({ ...headers, date: null });
    expect(without(hot.headers)).to.deep.equal(without(cold.headers));
    const match = { ...BROWSER, 'if-none-match': cold.headers.etag ?? '' };
    const again = await world.get('/cdn/tr:w-100/a/photo.jpg', match);
    expect([again.status, again.body.length, again.headers.etag]).to.deep.equal([304, 0, cold.headers.etag]);
    expect(world.delivery.stats().hits).to.equal(2);
    const head = await world.get('/cdn/tr:w-100/a/photo.jpg', BROWSER, 'HEAD');
    expect([head.status, head.body.length, head.headers['content-length']]).to.deep.equal([200, 0, String(cold.body.length)]);
  });

  it('forgets at a notification, after two seconds, and after a gap', async () => {
    const status = async () => (await world.get('/cdn/tr:w-100/a/photo.jpg')).status;
    const closed = { public: { now: false, until: null } };
    const open = { public: { now: true, until: null } };
    expect(await status()).to.equal(200);
    world.change('a/photo.jpg', closed);
    expect(await status()).to.equal(404);
    world.change('a/photo.jpg', open);
    expect(await status()).to.equal(200);
    world.change('a/photo.jpg', closed, false);
    expect(await status(), 'still trusted').to.equal(200);
    world.seen.now += 2_000;
    expect(await status()).to.equal(404);
    world.change('a/photo.jpg', open);
    expect(await status()).to.equal(200);
    world.change('a/photo.jpg', closed, false);
    world.gap();
    expect(await status()).to.equal(404);
  });

  it('ends with the publication, to the second', async () => {
    const until = new Date(world.seen.now + 1_500);
    world.change('a/photo.jpg', { public: { now: true, until } });
    const { status, headers } = await world.get('/cdn/a/photo.jpg');
    expect([status, headers['cache-control']]).to.deep.equal([200, 'public, max-age=1']);
    world.seen.now += 1_500;
    expect((await world.get('/cdn/a/photo.jpg')).status).to.equal(404);
  });

  it('answers 304 before touching storage or the decoder', async () => {
    const first = await world.get('/cdn/tr:w-120/a/photo.jpg');
    await only({});
    const { status } = await world.get('/cdn/tr:w-120/a/photo.jpg', { 'if-none-match': `W/"x", ${first.headers.etag}` });
    expect([status, world.calls.read, world.mediaCalls.render]).to.deep.equal([304, 0, 0]);
  });

  it('makes a derivative once however many ask, and keeps it', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => world.get(`/cdn/tr:w-77/a/photo.jpg?v=${at}`)));
    expect(new Set(answers.map(({ status, headers }) => `${status} ${headers.etag}`)).size).to.equal(1);
    expect(world.mediaCalls.render).to.equal(1);
    await world.delivery.close();
    expect(world.rows).to.have.length(1);
    expect(world.claims.size).to.equal(0);
    expect([...world.objects.keys()].filter((key) => key.startsWith('derived/'))).to.have.length(1);
  });

  it('waits for another process that makes it, and takes its bytes', async () => {
    const known = await world.get('/cdn/tr:w-66/a/photo.jpg');
    await world.delivery.close();
    const [key = ''] = [...world.objects.keys()].filter((each) => each.startsWith('derived/'));
    await only({});
    world.claims.set(key, 'another process');
    const waiting = world.get('/cdn/tr:w-66/a/photo.jpg');
    world.put(key as ReturnType<typeof keys.original>, known.body);
    const answer = await waiting;
    expect(answer.body.equals(known.body)).to.equal(true);
    expect(world.mediaCalls.render).to.equal(0);
  });

  it('asks for no claim where no other process makes derivatives', async () => {
    await only({ alone: true });
    // Held by nobody there could be: a maker that looked would wait for it.
    const target = '/cdn/tr:w-67/a/photo.jpg';
    const both = await Promise.all([world.get(target), world.get(target)]);
    expect(both.map(({ status }) => status)).to.deep.equal([200, 200]);
    await world.delivery.close();
    expect([world.mediaCalls.render, world.claimed(), world.rows.length]).to.deep.equal([1, 0, 1]);
  });

  it('says missing, private, outside its window, trashed and foreign in the same bytes', async () => {
    world.add('b.jpg', bytes, { public: { now: false, until: null } });
    world.add('c.jpg', bytes, { public: { now: true, until: new Date(world.seen.now - 1) } });
    world.add('d.jpg', bytes, { trashed: true });
    const other = world.add('e.jpg', bytes, { workspaceId: '01890000-0000-7000-8000-000000000002' });
    const targets = ['none.jpg', 'b.jpg', 'c.jpg', 'd.jpg', 'e.jpg', `@${other.assetId}/x`, '../b.jpg', 'a/photo.jpg?ik-obj-version=9'];
    const answers = await Promise.all(targets.map((target) => world.get(`/cdn/${target}`)));
    for (const answer of answers) {
      const { date: _, ...headers } = answer.headers;
      const { date: __, ...first } = answers[0]?.headers ?? {};
      expect([answer.status, headers, answer.body.toString()]).to.deep.equal([404, first, answers[0]?.body.toString()]);
    }
    expect(answers[0]?.headers['ik-error']).to.equal('ENOENT - Not found');
    expect((await world.get('/cdn/w/second/e.jpg')).status).to.equal(200);
    expect((await world.get('/elsewhere')).status).to.equal(418);
  });

  it('refuses in the order and words agreed', async () => {
    const table: [target: string, status: number, error: string][] = [
      ['/cdn/a/photo.jpg?tr=w-x&ik-s=1', 401, 'EUNAUTHORIZED'],
      ['/cdn/a/photo.jpg?token=nonsense', 401, 'EUNAUTHORIZED'],
      ['/cdn/none.jpg?ik-t=1', 401, 'EUNAUTHORIZED'],
      ['/cdn/none.jpg?tr=w-x', 400, 'EPARAM'],
      ['/cdn/none.jpg?tr=l-image,i-a', 400, 'EPARAM'],
      ['/cdn/a/photo.jpg?tr=e-bgremove', 400, 'EUNSUPPORTED'],
      ['/cdn/a/photo.jpg?tr=l-video,i-a,l-end', 400, 'EUNSUPPORTED'],
      ['/cdn/a/photo.jpg?tr=n-none', 400, 'EPARAM'],
      ['/cdn/a/photo.jpg?tr=l-image,i-a,l-end', 404, 'ENOENT'],
      ['/cdn/none.jpg?tr=w-20000', 404, 'ENOENT'],
      ['/cdn/a/photo.jpg?tr=orig-true', 403, 'EORIGINAL'],
      ['/cdn/a/photo.jpg?tr=w-20000', 422, 'ELIMIT'],
    ];
    for (const [target, status, error] of table) {
      const answer = await world.get(target);
      expect([answer.status, answer.headers['ik-error']?.toString().split(' ')[0]], target).to.deep.equal([status, error]);
      expect(answer.headers['content-type']).to.equal('application/problem+json');
      expect(answer.headers['cache-control']).to.equal('no-store');
    }
    const limit = await world.get('/cdn/a/photo.jpg?tr=w-20000');
    expect(JSON.parse(limit.body.toString())).to.include({ status: 422, limit: 'width', given: 20_000, allowed: 16_384 });
    expect((await world.get('/cdn/a/photo.jpg', {}, 'POST')).status).to.equal(405);
    expect((await world.get('/cdn/a/photo.jpg', {}, 'OPTIONS')).status).to.equal(204);
  });

  describe('a default image', () => {
    beforeEach(async () => {
      world.add('brand/none.jpg', await photo(200, 200), { width: 200, height: 200 });
    });

    it('stands in for what is missing or private alike, transformed alike', async () => {
      world.add('private.jpg', bytes, { public: { now: false, until: null } });
      for (const path of ['missing.jpg', 'private.jpg']) {
        const { status, headers, body } = await world.get(`/cdn/${path}?tr=w-50,di-brand@@none.jpg&ik-obj-version=1`);
        expect([status, headers['damson-default'], headers['cache-control']]).to.deep.equal([
          200,
          '1',
          'public, max-age=60, stale-while-revalidate=30',
        ]);
        expect((await sharp(body).metadata()).height).to.equal(50);
      }
      expect((await world.get('/cdn/a/photo.jpg?tr=w-50,di-brand@@none.jpg')).headers['damson-default']).to.equal(undefined);
    });

    it('counts as absent when it is itself private or missing', async () => {
      world.change('brand/none.jpg', { public: { now: false, until: null } });
      const plain = await world.get('/cdn/missing.jpg?tr=w-50');
      for (const di of ['brand@@none.jpg', '@@none@@other.jpg', '..@@a', 'x']) {
        const answer = await world.get(`/cdn/missing.jpg?tr=w-50,di-${di}`);
        expect([answer.status, answer.body.toString()], di).to.deep.equal([404, plain.body.toString()]);
      }
    });
  });

  describe('named transformations', () => {
    it('stand for their steps, among others, and change at once', async () => {
      world.name('card', 'w-100,h-100,c-force:fl-h');
      const size = async (tr: string) => {
        const { status, body } = await world.get(`/cdn/a/photo.jpg?tr=${tr}`);
        const { width, height } = await sharp(body).metadata();
        return [status, width, height];
      };
      expect(await size('n-card')).to.deep.equal([200, 100, 100]);
      expect(await size('n-card,w-50')).to.deep.equal([200, 50, 50]);
      expect(await size('w-300:n-card:w-20')).to.deep.equal([200, 20, 20]);
      expect(await size('if-iw_gt_1,n-card,if-else,w-7,if-end')).to.deep.equal([200, 100, 100]);
      world.name('card', 'w-80,h-40,c-force');
      expect(await size('n-card')).to.deep.equal([200, 80, 40]);
      world.name('card', null);
      expect((await world.get('/cdn/a/photo.jpg?tr=n-card')).status).to.equal(400);
      world.name('card', 'n-card');
      expect((await world.get('/cdn/a/photo.jpg?tr=n-card')).headers['ik-error']).to.match(/^EPARAM - a named transformation cannot use/);
    });

    it('restrict, and never grant', async () => {
      await only({ mode: 'presets' });
      world.name('card', 'w-100');
      world.add('private.jpg', bytes, { public: { now: false, until: null } });
      const status = async (target: string) => (await world.get(`/cdn/${target}`)).status;
      expect(await status('a/photo.jpg?tr=n-card')).to.equal(200);
      expect(await status('a/photo.jpg?tr=n-card,w-50')).to.equal(400);
      expect(await status('a/photo.jpg?tr=w-100')).to.equal(400);
      expect(await status('private.jpg?tr=n-card')).to.equal(404);
    });
  });

  it('names what it ignored, and refuses it when strict', async () => {
    const { status, headers } = await world.get('/cdn/a/photo.jpg?tr=w-10,zz-1,l%C3%A9-2&utm=x');
    expect([status, headers['damson-ignored']]).to.deep.equal([200, 'zz, l?']);
    await only({ strict: true });
    expect((await world.get('/cdn/a/photo.jpg?tr=w-10,zz-1&utm=x')).status).to.equal(400);
  });

  it('says when a file cannot be decoded, and does not try it again at once', async () => {
    world.add('broken.jpg', bytes.subarray(0, 200));
    for (let time = 0; time < 3; time++) {
      const { status, headers } = await world.get('/cdn/broken.jpg?tr=w-10');
      expect([status, headers['ik-error']?.toString().split(' ')[0]]).to.deep.equal([422, 'EDECODE']);
    }
    expect(world.mediaCalls.render).to.equal(1);
    expect(world.claims.size).to.equal(0);
  });

  it('delivers stored bytes only when they are released', async () => {
    world.add('doc.pdf', Buffer.from('%PDF-1.7 hello'), { kind: 'document', mime: 'application/pdf', width: null, height: null });
    expect((await world.get('/cdn/doc.pdf')).status).to.equal(403);
    world.change('doc.pdf', { releaseOriginal: true });
    world.change('a/photo.jpg', { releaseOriginal: true });
    const doc = await world.get('/cdn/doc.pdf');
    expect([doc.status, doc.body.toString(), doc.headers['content-type']]).to.deep.equal([200, '%PDF-1.7 hello', 'application/pdf']);
    expect(doc.headers['content-disposition']).to.equal('attachment; filename=doc.pdf');
    const part = await world.get('/cdn/doc.pdf', { range: 'bytes=1-3' });
    expect([part.status, part.body.toString(), part.headers['content-range']]).to.deep.equal([206, 'PDF', 'bytes 1-3/14']);
    expect((await world.get('/cdn/doc.pdf', { range: 'bytes=99-' })).status).to.equal(416);
    const original = await world.get('/cdn/tr:w-10,orig-true/a/photo.jpg');
    expect(original.body.equals(bytes)).to.equal(true);
    expect((await world.get('/cdn/doc.pdf?tr=w-10')).status).to.equal(422);
  });

  it('makes pictures of what is no raster from its still', async () => {
    const still = await sharp(await photo(800, 450))
      .webp()
      .toBuffer();
    const key = keys.derived(WORKSPACE, 'blob', 'still', 'webp');
    world.put(key, still);
    world.add('film.mp4', Buffer.from('film'), { kind: 'video', mime: 'video/mp4', still: { key, width: 800, height: 450 } });
    const frame = await world.get('/cdn/film.mp4/ik-thumbnail.jpg?tr=w-160');
    expect((await sharp(frame.body).metadata()).height).to.equal(90);
    expect((await world.get('/cdn/film.mp4/ik-thumbnail.jpg')).headers['content-type']).to.equal('image/jpeg');
    expect((await world.get('/cdn/film.mp4?tr=w-80,f-webp')).headers['content-type']).to.equal('image/webp');
    expect((await world.get('/cdn/film.mp4?tr=orig-true')).status).to.equal(403);
    world.add('new.mp4', Buffer.from('film'), { kind: 'video', mime: 'video/mp4', processing: true, releaseOriginal: true });
    const preparing = await world.get('/cdn/new.mp4');
    expect([preparing.status, preparing.headers['retry-after'], preparing.body.length]).to.deep.equal([202, '2', 0]);
  });

  it('reads the mezzanine where its pixels suffice', async () => {
    const key = keys.derived(WORKSPACE, 'blob', 'mezzanine', 'webp');
    world.put(
      key,
      await sharp(await photo(200, 150))
        .webp()
        .toBuffer(),
    );
    world.change('a/photo.jpg', { mezzanine: { key, width: 200, height: 150 }, blobId: 'gone' });
    expect((await world.get('/cdn/a/photo.jpg?tr=w-200')).status).to.equal(200);
    expect((await world.get('/cdn/a/photo.jpg?tr=w-201')).status, 'needs the original, which is gone').to.equal(404);
    const half = keys.derived(WORKSPACE, 'blob', 'half', 'png');
    world.put(
      half,
      await sharp({ create: { width: 100, height: 75, channels: 3, background: '#00f' } })
        .png()
        .toBuffer(),
    );
    world.change('a/photo.jpg', { half: { key: half, width: 100, height: 75 } });
    const blue = async (width: number) => {
      const picture = await world.get(`/cdn/a/photo.jpg?tr=w-${width},f-png`);
      return (await sharp(picture.body).raw().toBuffer()).subarray(0, 3).toString('hex') === '0000ff';
    };
    expect([await blue(100), await blue(101)], 'the half is enough for the first only').to.deep.equal([true, false]);
  });

  it('names the file as asked and sends parts of it', async () => {
    const { headers } = await world.get('/cdn/a/photo.jpg?tr=f-png&ik-attachment=true&ik-attachment-filename=my+caf%C3%A9');
    expect(headers['content-disposition']).to.equal(`attachment; filename="my caf?.png"; filename*=UTF-8''my%20caf%C3%A9.png`);
    const whole = await world.get('/cdn/a/photo.jpg?tr=w-30');
    const part = await world.get('/cdn/a/photo.jpg?tr=w-30', { range: 'bytes=0-9' });
    expect([part.status, part.body.equals(whole.body.subarray(0, 10))]).to.deep.equal([206, true]);
  });

  it('gives private assets to preview tokens, for their recipe and while the right lasts', async () => {
    world.change('a/photo.jpg', { public: { now: false, until: null } });
    const asset = world.add('other.jpg', bytes, { public: { now: false, until: null } });
    const ctx = systemContext(WORKSPACE, { actor: { kind: 'user', id: 'u1', userId: 'u1', role: 'viewer', scopes: null } });
    const url = new URL(world.delivery.urls.preview(ctx, { ...asset, folderPath: '/' }, 'thumbnail'));
    expect(url.origin).to.equal('http://damson.test');
    const target = url.pathname + url.search;
    const { status, headers } = await world.get(target);
    expect([status, headers['cache-control'], headers['content-type']]).to.deep.equal([200, 'private, max-age=3600', 'image/webp']);
    expect((await world.get(target.replace('w-480', 'w-481'))).status).to.equal(404);
    expect((await world.get(target.replace('/other.jpg', '/renamed.jpg'))).status).to.equal(200);
    const token = url.searchParams.get('token') ?? '';
    expect((await world.get(`/cdn/a/photo.jpg?tr=w-480,h-480,c-at_max,f-webp,q-75&token=${token}`)).status).to.equal(404);
    const any = world.delivery.mintPreviewToken(ctx, asset.assetId, '*');
    expect((await world.get(`/cdn/other.jpg?tr=w-481&token=${any}`)).status).to.equal(200);
    expect((await world.get(`/cdn/other.jpg?tr=orig-true&token=${any}`)).status).to.equal(403);
    world.seen.previews = false;
    expect((await world.get(target)).status).to.equal(404);
    world.seen.now += 13 * 3_600_000;
    expect((await world.get(target)).status).to.equal(401);
    expect(world.delivery.stats().hits, 'nothing private in the hot table').to.equal(0);
  });

  it('gives neither the file nor all of its metadata to tokens of those who may only see it, before it is public', async () => {
    const asset = world.add('early.jpg', bytes, { public: { now: false, until: null }, releaseOriginal: true });
    const ctx = systemContext(WORKSPACE, { actor: { kind: 'user', id: 'u1', userId: 'u1', role: 'viewer', scopes: null } });
    const token = world.delivery.mintPreviewToken(ctx, asset.assetId, '*');
    const ask = (tr: string) => world.get(`/cdn/early.jpg?tr=${tr}&token=${token}`);
    for (const tr of ['orig-true', 'w-33,md-true']) expect((await ask(tr)).status, tr).to.equal(403);
    const usual = await ask('w-33');
    world.seen.metadata = 'all';
    world.name('any', null);
    const policy = await ask('w-33');
    expect([policy.status, policy.headers.etag], 'a policy asks for what may be had').to.deep.equal([200, usual.headers.etag]);
    world.seen.originals = true;
    expect((await ask('orig-true')).status).to.equal(200);
  });

  it('gives private assets to signatures, and nothing unsigned where the endpoint wants one', async () => {
    await only({ mode: 'signed', keys: ['k'] });
    world.change('a/photo.jpg', { public: { now: false, until: null } });
    const signed = (rest: string) => `/cdn${rest}${rest.includes('?') ? '&' : '?'}ik-s=${signDeliveryUrl(rest, 'k', null)}`;
    expect((await world.get(signed('/a/photo.jpg?tr=w-40'))).status).to.equal(200);
    expect((await world.get(signed('/tr:w-40//a/photo.jpg'))).status).to.equal(200);
    expect((await world.get(signed('/a/photo.jpg?tr=w-40').replace('w-40', 'w-41'))).status).to.equal(401);
    expect((await world.get('/cdn/a/photo.jpg?tr=w-40')).status).to.equal(401);
    await only({ mode: 'presets' });
    expect((await world.get('/cdn/a/photo.jpg?tr=w-40')).headers['ik-error']).to.match(/^EPRESET/);
    expect((await world.get('/cdn/a/photo.jpg')).status).to.equal(200);
  });

  it('is pinned by a version number', async () => {
    const { status, headers } = await world.get('/cdn/a/photo.jpg?ik-obj-version=1');
    expect([status, headers['cache-control']]).to.deep.equal([200, 'public, max-age=86400, immutable']);
  });
});
