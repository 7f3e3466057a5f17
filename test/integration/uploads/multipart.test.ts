import { createHash, randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import sharp from 'sharp';
import { sweep } from '../../../src/modules/library/uploads/uploads.jobs.ts';
import { UploadsRepository } from '../../../src/modules/library/uploads/uploads.repository.ts';
import { silentLog } from '../../../src/platform/log.ts';
import { eventually, settled, startServer, type TestServer, upload } from '../../support/harness.ts';

describe('multipart upload', () => {
  let server: TestServer;
  let jpeg: Buffer;

  before(async () => {
    server = await startServer();
    jpeg = await sharp({ create: { width: 640, height: 480, channels: 3, background: '#7a2e5d' } })
      .jpeg()
      .toBuffer();
  });
  after(() => server.close());

  it('stores a picture, answers 201 with the asset and makes it ready with previews', async () => {
    const { status, body } = await upload(server.api, 'plum.jpg', jpeg, { folder: '/fruit/stone', tags: 'Plum, purple', title: 'A plum' });
    expect(status).to.equal(201);
    expect(body).to.include({
      name: 'plum.jpg',
      folder: '/fruit/stone',
      status: 'processing',
      title: 'A plum',
      bytes: jpeg.length,
      version: 1,
    });
    expect(body.tags).to.have.members(['Plum', 'purple']);
    expect(body.sha256).to.equal(createHash('sha256').update(jpeg).digest('hex'));
    const asset = await settled(server.api, body.id);
    expect(asset).to.include({ status: 'ready', kind: 'image', mime: 'image/jpeg', width: 640, height: 480 });
    expect(asset.preview.state).to.equal('ready');
    expect(asset.colours[0].name).to.be.a('string');
    expect(asset.thumbhash).to.be.a('string');
    expect(asset.renditions.map((item: { name: string }) => item.name)).to.include.members(['thumbnail', 'preview']);
    const thumbnail = await fetch(asset.urls.thumbnail);
    expect(thumbnail.status, await thumbnail.clone().text()).to.equal(200);
    const picture = await sharp(Buffer.from(await thumbnail.arrayBuffer())).metadata();
    expect([picture.format, picture.width, picture.height]).to.deep.equal(['webp', 480, 360]);
  });

  it('gives back exactly the bytes, whole and by range', async () => {
    const bytes = randomBytes(300_000);
    const { body } = await upload(server.api, 'raw.bin', bytes);
    const whole = await server.api(`/api/v1/assets/${body.id}/original`);
    expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).to.equal(true);
    expect(whole.headers.get('content-disposition')).to.match(/^attachment/);
    expect(whole.headers.get('x-content-type-options')).to.equal('nosniff');
    const part = await server.api(`/api/v1/assets/${body.id}/original`, { headers: { Range: 'bytes=1000-1999' } });
    expect(part.status).to.equal(206);
    expect(Buffer.from(await part.arrayBuffer()).equals(bytes.subarray(1000, 2000))).to.equal(true);
    expect(await settled(server.api, body.id)).to.include({ status: 'ready', kind: 'other' });
  });

  it('answers several files with one result each, in the order sent', async () => {
    const form = new FormData();
    for (const name of ['one.txt', 'two.txt', '@three.txt']) form.append('file', new Blob([name]), name);
    const response = await server.api('/api/v1/assets', { method: 'POST', body: form });
    expect(response.status).to.equal(207);
    const { items } = (await response.json()) as { items: { status: number; asset?: { name: string }; problem?: { code: string } }[] };
    expect(items.map((item) => item.status)).to.deep.equal([201, 201, 422]);
    expect(items[0]?.asset?.name).to.equal('one.txt');
    expect(items[2]?.problem?.code).to.equal('name_reserved');
  });

  it('keeps both of two files of one name, replaces on wish, refuses on wish', async () => {
    const first = await upload(server.api, 'same.txt', Buffer.from('1'), { folder: '/names' });
    const second = await upload(server.api, 'same.txt', Buffer.from('2'), { folder: '/names' });
    expect(second.body.name).to.equal('same-2.txt');
    const refused = await upload(server.api, 'same.txt', Buffer.from('3'), { folder: '/names', onConflict: 'fail' });
    expect([refused.status, refused.body.code]).to.deep.equal([409, 'name_taken']);
    const version = await upload(server.api, 'same.txt', Buffer.from('4'), { folder: '/names', onConflict: 'version' });
    expect(version.body).to.include({ id: first.body.id, version: 2 });
    const bytes = await server.api(`/api/v1/assets/${first.body.id}/original`);
    expect(await bytes.text()).to.equal('4');
  });

  it('names twenty equal uploads at once without loss', async () => {
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, i) => upload(server.api, 'crowd.txt', Buffer.from(`crowd ${i}`), { folder: '/crowd' })),
    );
    expect(results.map((item) => item.status)).to.deep.equal(Array(20).fill(201));
    expect(new Set(results.map((item) => item.body.name)).size).to.equal(20);
  });

  it('shares the bytes of equal files, and skips duplicates on wish', async () => {
    const bytes = randomBytes(2000);
    const first = await upload(server.api, 'twin-a.bin', bytes);
    const second = await upload(server.api, 'twin-b.bin', bytes);
    expect(second.body.id).to.not.equal(first.body.id);
    expect(second.body.duplicateOf).to.equal(first.body.id);
    const third = await upload(server.api, 'twin-c.bin', bytes, { onDuplicate: 'skip' });
    expect(third.body.id).to.equal(first.body.id);
  });

  it('makes a retry with the same Idempotency-Key one asset, and refuses other bytes under it', async () => {
    const headers = { 'Idempotency-Key': 'order-66' };
    const [a, b] = [
      await upload(server.api, 'once.txt', Buffer.from('once'), {}, headers),
      await upload(server.api, 'once.txt', Buffer.from('once'), {}, headers),
    ];
    expect([a.status, b.status]).to.deep.equal([201, 201]);
    expect(b.body.id).to.equal(a.body.id);
    const other = await upload(server.api, 'once.txt', Buffer.from('twice'), {}, headers);
    expect([other.status, other.body.code]).to.deep.equal([422, 'idempotency_mismatch']);
  });

  it('refuses another name, folder, tags, title or publication under a key; the order of values does not matter', async () => {
    const headers = { 'Idempotency-Key': 'order-67' };
    const fields = { folder: '/keyed', tags: 'a,b', title: 'One', metadata: '{"creator":"Ann","licence":"Ours"}' };
    const send = (over: Record<string, string>, name = 'keyed.txt') =>
      upload(server.api, name, Buffer.from('keyed'), { ...fields, ...over }, headers);
    const first = await send({});
    expect(first.status, JSON.stringify(first.body)).to.equal(201);
    const others: Record<string, string>[] = [
      { folder: '/other' },
      { tags: 'a' },
      { title: 'Two' },
      { publish: 'true' },
      { metadata: '{"creator":"Bob"}' },
    ];
    for (const over of others) {
      const other = await send(over);
      expect([other.status, other.body.code], JSON.stringify(over)).to.deep.equal([422, 'idempotency_mismatch']);
    }
    expect((await send({}, 'other.txt')).body.code).to.equal('idempotency_mismatch');
    const again = await send({ metadata: '{"licence":"Ours","creator":"Ann"}' });
    expect([again.status, again.body.id]).to.deep.equal([201, first.body.id]);
  });

  it('forgets a key a day after its request, and nothing that may still be asked for', async () => {
    const headers = { 'Idempotency-Key': 'yesterday' };
    const first = await upload(server.api, 'day.txt', Buffer.from('day'), {}, headers);
    const { service } = server.container.uploads;
    const id = (await service.create(server.ctx, { size: 3, metadata: { filename: 'tus.txt' } })).id;
    await service.receive(server.ctx, id, 0, Readable.from([Buffer.from('tus')]));
    const asset = await service.finish(server.ctx, id);
    const repository = new UploadsRepository(server.container.database.dataSource);
    const deps = { repository, storage: server.container.storage, log: silentLog, graceMs: 48 * 3_600_000 };
    const after = (hours: number) => sweep(deps, new Date(Date.now() + hours * 3_600_000));
    expect((await after(23)).forgotten).to.equal(0);
    expect((await upload(server.api, 'day.txt', Buffer.from('day'), {}, headers)).body.id).to.equal(first.body.id);
    expect((await after(25)).forgotten).to.be.at.least(1);
    const next = await upload(server.api, 'day.txt', Buffer.from('day'), {}, headers);
    expect(next.status).to.equal(201);
    expect(next.body.id).to.not.equal(first.body.id);
    // A tus client whose last answer was lost may come back for as long as an upload lives.
    expect((await service.state(server.ctx, id)).assetId).to.equal(asset);
    await after(8 * 24);
    expect(await service.state(server.ctx, id).catch((error: { code: string }) => error.code)).to.equal('not_found');
  });

  it('publishes a twin that stays, or a file that gets a version, for those who may publish', async () => {
    const bytes = randomBytes(700);
    const first = await upload(server.api, 'quiet.bin', bytes, { folder: '/quiet' });
    expect(first.body.published.now).to.equal(false);
    const mute = await server.as('editor', ['assets:read', 'assets:write']);
    const wishes: Record<string, string>[] = [{ onDuplicate: 'skip' }, { onDuplicate: 'version' }, { onConflict: 'version' }];
    for (const fields of wishes) {
      const refused = await upload(mute.api, 'quiet.bin', bytes, { folder: '/quiet', publish: 'true', ...fields });
      expect(refused.status, JSON.stringify(fields)).to.be.oneOf([403, 404]);
    }
    const still = (await (await server.api(`/api/v1/assets/${first.body.id}`)).json()) as Record<string, any>;
    expect([still['published'].now, still['version']]).to.deep.equal([false, 1]);
    const skipped = await upload(server.api, 'loud.bin', bytes, { folder: '/loud', publish: 'true', onDuplicate: 'skip' });
    expect([skipped.body.id, skipped.body.published.now]).to.deep.equal([first.body.id, true]);
    for (const [name, wish] of [
      ['a.bin', { onConflict: 'version' }],
      ['b.bin', { onDuplicate: 'version' }],
    ] as const) {
      const body = randomBytes(300);
      const old = await upload(server.api, name, body, { folder: '/versions' });
      const replaced = await upload(server.api, name, body, { folder: '/versions', publish: 'true', ...wish });
      expect([replaced.body.id, replaced.body.version, replaced.body.published.now], name).to.deep.equal([old.body.id, 2, true]);
    }
  });

  it('opens no embargo when a file that has one gets a version', async () => {
    const { body } = await upload(server.api, 'embargo.txt', Buffer.from('1'), { folder: '/embargo' });
    const from = '2999-01-01T00:00:00.000Z';
    const held = await server.api(`/api/v1/assets/${body.id}/publish`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ from }),
    });
    expect(held.status).to.equal(200);
    const fields = { folder: '/embargo', publish: 'true', onConflict: 'version' };
    const version = await upload(server.api, 'embargo.txt', Buffer.from('2'), fields);
    expect(version.body.published).to.deep.include({ now: false, from });
  });

  it('refuses texts that no database can hold', async () => {
    const bad: Record<string, string>[] = [
      { title: 'a\u0000b' },
      { metadata: '{"creator":"a\\u0000"}' },
      { metadata: '{"creator":"\\ud800"}' },
    ];
    for (const fields of bad) {
      const refused = await upload(server.api, 'nul.txt', Buffer.from('nul'), fields);
      expect([refused.status, refused.body.code], JSON.stringify(fields)).to.deep.equal([400, 'invalid_request']);
    }
    const cleaned = await upload(server.api, 'nul.txt', Buffer.from('nul'), { folder: '/n\u0000l', tags: 'a\u0000b' });
    expect([cleaned.status, cleaned.body.folder]).to.deep.equal([201, '/n_l']);
  });

  it('keeps hostile and very long names as data', async () => {
    const names = [
      '../../etc/passwd',
      '..\\..\\boot.ini',
      `${'ü'.repeat(300)}.jpg`,
      '.hidden',
      'CON',
      'x\r\nSet-Cookie: a=b.txt',
      '<img src=x onerror=alert(1)>.svg',
      '‮gpj.exe',
    ];
    for (const name of names) {
      const { status, body } = await upload(server.api, name, Buffer.from(`name ${name}`), { folder: '/hostile' });
      expect(status, name).to.equal(201);
      // biome-ignore lint: control characters are what must be gone
      expect(body.name).to.not.match(/[/\\\u0000-\u001f]/);
      expect(Buffer.byteLength(body.name)).to.be.at.most(255);
      const original = await server.api(`/api/v1/assets/${body.id}/original`);
      expect(original.status).to.equal(200);
      expect(original.headers.get('set-cookie')).to.equal(null);
      await original.arrayBuffer();
    }
  });

  it('refuses 50,000 fields, a missing file, JSON and a cut body, and takes the next normal upload', async () => {
    const many = new FormData();
    many.append('file', new Blob(['x']), 'x.txt');
    for (let i = 0; i < 50_000; i++) many.append(`f${i}`, '1');
    const began = performance.now();
    const flooded = await server.api('/api/v1/assets', { method: 'POST', body: many });
    expect(flooded.status).to.equal(400);
    expect(performance.now() - began).to.be.lessThan(20_000);
    const empty = new FormData();
    empty.append('folder', '/');
    expect((await server.api('/api/v1/assets', { method: 'POST', body: empty })).status).to.equal(400);
    expect(
      (await server.api('/api/v1/assets', { method: 'POST', body: '{}', headers: { 'Content-Type': 'application/json' } })).status,
    ).to.equal(400);
    await cutOff(server.url, await adminKey(server));
    expect((await upload(server.api, 'after.txt', Buffer.from('fine'))).status).to.equal(201);
    // The server learns of the cut in its own time.
    await eventually(
      async () => {
        const [orphans] = await server.container.database.sql.query<{ n: number }>(
          {},
          `select count(*)::int as n from upload where state in ('open', 'receiving', 'committing')`,
        );
        return orphans?.n === 0;
      },
      { ms: 10_000, what: 'every refused upload being given back' },
    );
  });

  it('stores an empty file with a reason', async () => {
    const { status, body } = await upload(server.api, 'empty.jpg', Buffer.alloc(0));
    expect(status).to.equal(201);
    const asset = await settled(server.api, body.id);
    expect(asset.status).to.equal('ready');
    expect(asset.preview).to.include({ state: 'failed', reason: 'empty' });
  });

  it('refuses a file over the limit and what a quota does not allow', async () => {
    const small = await startServer({ env: { UPLOAD_MAX_BYTES: '100000' }, work: false });
    try {
      const big = await upload(small.api, 'big.bin', randomBytes(200_000));
      expect(big.status).to.equal(413);
      expect((await upload(small.api, 'ok.bin', randomBytes(50_000))).status).to.equal(201);
      await small.container.database.sql.query({}, 'update workspace set quota_bytes = 60000');
      const full = await upload(small.api, 'more.bin', randomBytes(50_000));
      expect([full.status, full.body.code]).to.deep.equal([413, 'quota_exceeded']);
    } finally {
      await small.close();
    }
  });

  it('lets viewers look but not upload, and nobody without a credential', async () => {
    const viewer = await server.as('viewer');
    expect((await viewer.api('/api/v1/assets')).status).to.equal(200);
    const form = new FormData();
    form.append('file', new Blob(['x']), 'x.txt');
    expect((await viewer.api('/api/v1/assets', { method: 'POST', body: form })).status).to.be.oneOf([403, 404]);
    expect((await server.raw('/api/v1/assets', { method: 'POST', body: form })).status).to.equal(401);
  });
});

async function adminKey(server: TestServer): Promise<string> {
  return (await server.as('admin')).key;
}

/** Begins a multipart body, promises more than it sends and hangs up. */
function cutOff(url: string, key: string): Promise<void> {
  return new Promise((resolve) => {
    const req = request(`${url}/api/v1/assets`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'multipart/form-data; boundary=x', 'Content-Length': '100000' },
    });
    req.on('error', () => undefined);
    req.on('close', () => resolve());
    req.write('--x\r\nContent-Disposition: form-data; name="file"; filename="cut.bin"\r\n\r\nhalf of it', () => req.destroy());
  });
}
