import { expect } from 'chai';
import sharp from 'sharp';
import { difference, look, madeOf, pictureAt } from '../../support/delivered.ts';
import { startDelivery } from '../../support/fakes/delivery.ts';
import { disc, near, type Picture, pictureOf, QUADRANTS, quadrants } from '../../support/fixtures/pixels.ts';

/** How results are written, what they are made from, and the forms an address may have (delivery-urls 1, 3, 4.3, 6), by decoded pixels. */

type World = Awaited<ReturnType<typeof startDelivery>>;

const { topLeft: RED, topRight: GREEN, bottomLeft: BLUE, bottomRight: SAND } = QUADRANTS;
const WEBP = { accept: 'image/webp,*/*' };
const AVIF = { accept: 'image/avif,image/webp,*/*' };

/** Full of detail, and the same on every run. */
function detailed(width = 120, height = 90) {
  const data = Buffer.alloc(width * height * 3);
  let state = 7;
  for (let at = 0; at < width * height; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    data.fill(60 + (at % width) + ((state >>> 16) % 60), at * 3, at * 3 + 3);
  }
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** Root of the mean square of what differs. */
function error(a: Picture, b: Picture): number {
  let sum = 0;
  for (let y = 0; y < a.height; y++) {
    for (let x = 0; x < a.width; x++) for (let c = 0; c < 3; c++) sum += ((a.at(x, y)[c] ?? 0) - (b.at(x, y)[c] ?? 0)) ** 2;
  }
  return Math.sqrt(sum / (a.width * a.height * 3));
}

describe('output and forms of addresses', () => {
  let world: World;
  const small = { mime: 'image/png', width: 120, height: 90 };
  const quarters = [
    [10, 10, RED],
    [390, 10, GREEN],
    [10, 290, BLUE],
    [390, 290, SAND],
  ] as const;

  before(async () => {
    world = await startDelivery();
    world.add('q.png', await quadrants(), { mime: 'image/png' });
    world.add('a/b/q ü.png', await quadrants(), { mime: 'image/png' });
    world.add('disc.png', await disc(), { mime: 'image/png', width: 100, height: 100, hasAlpha: true });
    world.add('detail.png', await detailed().png().toBuffer(), small);
    world.add('detail.jpg', await detailed().jpeg({ quality: 90 }).toBuffer(), { ...small, mime: 'image/jpeg' });
    world.add(
      'wide.jpg',
      await sharp(await quadrants(120, 90))
        .withIccProfile('p3')
        .jpeg({ quality: 95 })
        .toBuffer(),
      {
        ...{ ...small, mime: 'image/jpeg' },
      },
    );
    world.name('turned', 'rt-90');
  });
  after(() => world?.close());

  const answer = async (target: string, headers: Record<string, string> = {}) => {
    const made = await world.get(`/cdn/${target}`, headers);
    expect(made.status, `${target}: ${String(made.headers['ik-error'])}`).to.equal(200);
    return made;
  };

  it('q makes files smaller and less exact in each format that loses; 80 is meant when none is named', async () => {
    const source = await madeOf(world, 'detail.png', 'f-png');
    for (const format of ['jpg', 'webp', 'avif']) {
      const [low, high, named, usual] = await Promise.all(
        ['q-10,', 'q-95,', 'q-80,', ''].map((q) => answer(`detail.png?tr=${q}f-${format}`)),
      );
      if (!low || !high || !named || !usual) throw new Error('four answers');
      expect(low.body.length, format).to.be.lessThan(high.body.length * 0.5);
      const [far, close] = [error(await pictureOf(low.body), source), error(await pictureOf(high.body), source)];
      expect(far, format).to.be.greaterThan(close * 1.5);
      expect(close, format).to.be.lessThan(6);
      expect(usual.headers.etag, format).to.equal(named.headers.etag);
    }
  });

  it('f names the format, under all its names', async () => {
    for (const [name, format, type] of [
      ['jpg', 'jpeg', 'jpeg'],
      ['jpeg', 'jpeg', 'jpeg'],
      ['webp', 'webp', 'webp'],
      ['avif', 'heif', 'avif'],
      ['png', 'png', 'png'],
      ['orig', 'png', 'png'],
    ] as const) {
      const made = await answer(`q.png?tr=f-${name}`, { accept: 'image/gif' });
      expect([made.headers['content-type'], made.headers.vary], name).to.deep.equal([`image/${type}`, undefined]);
      expect((await sharp(made.body).metadata()).format, name).to.equal(format);
      look(await pictureOf(made.body), '400x300', quarters, 14);
    }
  });

  it('f-gif keeps a moving picture moving, and is made of nothing else', async () => {
    const other = await sharp(await quadrants(40, 30))
      .flop()
      .toBuffer();
    const gif = sharp([await quadrants(40, 30), other], { join: { animated: true } }).gif({ delay: [90, 90] });
    world.add('moving.gif', await gif.toBuffer(), { mime: 'image/gif', width: 40, height: 30, frames: 2 });
    for (const [tr, format, headers] of [
      ['w-20,f-gif', 'gif', {}],
      ['w-20', 'webp', WEBP],
      ['w-20', 'gif', {}],
    ] as const) {
      const { body } = await answer(`moving.gif?tr=${tr}`, headers);
      const meta = await sharp(body).metadata();
      expect([meta.format, meta.pages, meta.width, meta.pageHeight ?? meta.height], tr).to.deep.equal([format, 2, 20, 15]);
      for (const [page, colour] of [RED, GREEN].entries()) {
        expect(near((await pictureOf(await sharp(body, { page }).png().toBuffer())).at(3, 3), colour, 14), `${tr} ${page}`).to.equal(true);
      }
    }
    const refused = await world.get('/cdn/q.png?tr=f-gif');
    expect([refused.status, refused.headers['ik-error']]).to.deep.equal([400, 'EPARAM - f-gif is made from GIF only']);
  });

  it('auto gives AVIF where that is allowed, but not with a profile or an unsharp mask', async () => {
    const modern = await startDelivery({ avif: true });
    try {
      modern.add('q.png', await quadrants(), { mime: 'image/png' });
      const typeOf = async (tr: string) => (await modern.get(`/cdn/q.png?tr=${tr}`, AVIF)).headers['content-type'];
      expect(await typeOf('w-40')).to.equal('image/avif');
      expect(await typeOf('w-40,f-auto')).to.equal('image/avif');
      expect(await typeOf('w-40,cp-true')).to.equal('image/webp');
      expect(await typeOf('w-40,e-usm')).to.equal('image/webp');
      look(await pictureAt(modern, 'q.png', AVIF), '400x300', quarters, 14);
    } finally {
      await modern.close();
    }
    expect((await answer('q.png?tr=w-40', AVIF)).headers['content-type'], 'not by itself').to.equal('image/webp');
  });

  it('pr changes the order of the bytes and no pixel', async () => {
    const [slow, plain] = await Promise.all(['pr-true', 'pr-false'].map((pr) => answer(`detail.png?tr=${pr},f-jpg`)));
    if (!slow || !plain) throw new Error('two answers');
    expect((await sharp(slow.body).metadata()).isProgressive).to.equal(true);
    expect((await sharp(plain.body).metadata()).isProgressive).to.equal(false);
    expect(difference(await pictureOf(slow.body), await pictureOf(plain.body), 2)).to.equal(null);
  });

  it('lo loses nothing', async () => {
    const source = await madeOf(world, 'detail.png', 'f-png');
    expect(difference(await pictureAt(world, 'detail.png?tr=lo-true,f-webp'), source)).to.equal(null);
    expect(difference(await pictureAt(world, 'detail.png?tr=lo-false,f-webp'), source, 2)).not.to.equal(null);
    const photo = await answer('detail.jpg?tr=lo-true');
    expect(photo.headers['content-type'], 'a JPEG cannot').to.equal('image/png');
    expect(difference(await pictureOf(photo.body), await madeOf(world, 'detail.jpg', 'f-png'))).to.equal(null);
  });

  it('cp keeps the profile and the numbers that mean something by it; the colours are the same', async () => {
    const [kept, converted] = await Promise.all(['cp-true', 'cp-false'].map((cp) => answer(`wide.jpg?tr=w-60,${cp},f-jpg,q-95`)));
    if (!kept || !converted) throw new Error('two answers');
    expect([(await sharp(kept.body).metadata()).hasProfile, (await sharp(converted.body).metadata()).hasProfile]).to.deep.equal([
      true,
      false,
    ]);
    const numbers = await sharp(kept.body, { ignoreIcc: true }).raw().toBuffer();
    expect(near([...numbers.subarray(0, 3)], RED, 6), 'those of Display P3').to.equal(false);
    for (const { body } of [kept, converted]) {
      look(
        await pictureOf(body),
        '60x45',
        [
          [5, 5, RED],
          [55, 5, GREEN],
          [5, 40, BLUE],
          [55, 40, SAND],
        ],
        12,
      );
    }
  });

  it('dn says a density, also as so much of the own', async () => {
    const densityOf = async (target: string) => (await sharp((await answer(target)).body).metadata()).density;
    world.add(
      'print.jpg',
      await sharp(await quadrants(120, 90))
        .withDensity(150)
        .jpeg()
        .toBuffer(),
      {
        ...{ ...small, mime: 'image/jpeg', density: 150 },
      },
    );
    expect(await densityOf('print.jpg?tr=dn-300,f-jpg')).to.equal(300);
    expect(await densityOf('print.jpg?tr=dn-idn_mul_2,f-jpg')).to.equal(300);
    expect(await densityOf('print.jpg?tr=dn-idn_mul_2,f-png')).to.equal(300);
    expect(await densityOf('q.png?tr=dn-idn_mul_2,f-jpg'), 'of a file that says none').to.equal(144);
    look(await pictureAt(world, 'print.jpg?tr=dn-idn_mul_2,f-png'), '120x90', [[5, 5, RED]], 14);
    // Half an inch of it, also where that is found out late.
    expect((await madeOf(world, 'print.jpg', 'w-idn_div_2')).width).to.equal(75);
    expect((await madeOf(world, 'print.jpg', 't-true:w-idn_div_2')).width).to.equal(75);
    const refused = await world.get('/cdn/print.jpg?tr=dn-idn_mul_20');
    expect([refused.status, refused.headers['ik-error']]).to.deep.equal([400, 'EPARAM - dn must be from 1 to 1200']);
  });

  it('the last word about output counts, whichever step it stands in', async () => {
    const etag = async (tr: string) => (await answer(`q.png?tr=${tr}`)).headers.etag;
    expect(await etag('q-90,f-webp:w-100:q-20,w-50')).to.equal(await etag('w-100:w-50,f-webp,q-20'));
    const { headers, body } = await answer('q.png?tr=w-200,f-png,q-90:rt-90:q-20,bl-6,f-jpg');
    expect(headers['content-type']).to.equal('image/jpeg');
    look(await pictureOf(body), '150x200', [[10, 10, BLUE]], 14);
  });

  it('di is found with and without slashes around it, and treated as what was asked for', async () => {
    for (const di of ['a@@b@@q%20%C3%BC.png', '@@a@@b@@q%20%C3%BC.png', '@@a@@b@@q%20%C3%BC.png@@']) {
      const { headers, body } = await answer(`none.png?tr=di-${di},rt-90,f-png`);
      expect(headers['damson-default'], di).to.equal('1');
      look(await pictureOf(body), '300x400', [[10, 10, BLUE]]);
    }
    expect((await answer('q.png?tr=di-,w-40')).headers['damson-default']).to.equal(undefined);
  });

  it('n is one step among others, its neighbours another one after it, its name in this very spelling', async () => {
    for (const [tr, size] of [
      ['n-turned', '300x400'],
      ['n-turned,w-75', '75x100'],
      ['w-75,n-turned', '75x100'],
      ['w-200:n-turned:h-100', '75x100'],
    ] as const) {
      look(await madeOf(world, 'q.png', tr), size, [[5, 5, BLUE]]);
    }
    expect((await world.get('/cdn/q.png?tr=n-Turned')).status).to.equal(400);
  });

  it('c2pa-false is nothing, c2pa-true is refused', async () => {
    const etag = async (tr: string) => (await answer(`q.png?tr=${tr}`)).headers.etag;
    expect(await etag('w-40,c2pa-false')).to.equal(await etag('w-40'));
    const refused = await world.get('/cdn/q.png?tr=c2pa-true');
    expect([refused.status, String(refused.headers['ik-error']).split(' ')[0]]).to.deep.equal([400, 'EUNSUPPORTED']);
  });

  describe('an address', () => {
    const forms: [target: string, size: string][] = [
      ['tr:w-200:rt-90/a/b/q%20%C3%BC.png', '150x200'],
      ['a/tr:w-200:rt-90/b/q%20%C3%BC.png', '150x200'],
      ['tr%3Aw-200:rt-90/q.png', '150x200'],
      ['q.png?tr=w-200:rt-90', '150x200'],
      ['q.png?tr=w-200%3Art-90', '150x200'],
      ['q.png?v=2&tr=tr:w-200:rt-90&x=1', '150x200'],
      // Path first, then query.
      ['tr:w-200/q.png?tr=rt-90,f-png', '150x200'],
      ['tr:rt-90/q.png?tr=w-200', '200x267'],
      ['//tr:w-200:rt-90//q.png', '150x200'],
      ['ik-seo/q/four-coloured-quarters.png?tr=w-200:rt-90', '150x200'],
      ['ik-seo/tr:w-200:rt-90/a/b/q%20%C3%BC/some-words.png', '150x200'],
    ];
    for (const [target, size] of forms) {
      it(target, async () => look(await pictureAt(world, target), size, [[5, 5, BLUE]], 14));
    }

    it('without a transformation, or with an empty one, is the whole picture', async () => {
      for (const target of ['q.png', 'tr:/q.png', 'q.png?tr=', 'q.png?tr=tr:', 'ik-seo/q/words.png']) {
        look(await pictureAt(world, target), '400x300', quarters, 14);
      }
    });
  });
});
