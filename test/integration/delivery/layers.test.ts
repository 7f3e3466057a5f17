import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createMedia, type LocalMedia } from '../../../src/platform/media/create.ts';
import { silentLog } from '../../../src/platform/log.ts';
import { startDelivery } from '../../support/fakes/delivery.ts';
import { disc, near, pictureOf, QUADRANTS, quadrants } from '../../support/fixtures/pixels.ts';

/** Layers, from the URL to decoded pixels, in a real media child: with the typefaces that come with Damson. */

const { topLeft: RED, topRight: GREEN, bottomRight: SAND } = QUADRANTS;
const YELLOW = [250, 210, 0];

type World = Awaited<ReturnType<typeof startDelivery>>;

describe('layers', function () {
  this.timeout(60_000);
  let world: World;
  let media: LocalMedia;
  let dir: string;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'damson-layers-'));
    media = createMedia({ slots: 1, sandbox: 'auto', maxPixels: 100_000_000, tempDir: dir, production: false, log: silentLog });
    world = await startDelivery({ media });
    world.add('q.png', await quadrants(), { mime: 'image/png' });
    world.add('brand/disc.png', await disc(), { mime: 'image/png', width: 100, height: 100, hasAlpha: true });
  });
  after(async () => {
    await world?.close();
    await media?.close();
    if (dir) await rm(dir, { recursive: true, force: true });
  });

  async function made(transformation: string, path = 'q.png') {
    const { status, headers, body } = await world.get(`/cdn/${path}?tr=${transformation}:f-png`);
    expect(status, `${transformation}: ${String(headers['ik-error'])}`).to.equal(200);
    return pictureOf(body);
  }
  const refused = async (transformation: string) => {
    const { status, headers } = await world.get(`/cdn/q.png?tr=${transformation}`);
    return [status, String(headers['ik-error']).split(' ')[0]];
  };
  const colour = (picture: Awaited<ReturnType<typeof made>>, x: number, y: number, wanted: readonly number[], by?: number) =>
    expect(near(picture.at(x, y), wanted, by), `${x}, ${y} is ${picture.at(x, y).join(' ')}, not ${wanted.join(' ')}`).to.equal(true);

  describe('of pictures', () => {
    it('are trimmed, scaled and centred', async () => {
      const picture = await made('l-image,i-brand@@disc.png,w-40,l-end');
      expect([picture.width, picture.height]).to.deep.equal([400, 300]);
      colour(picture, 200, 150, YELLOW);
      colour(picture, 200, 132, YELLOW);
      colour(
        picture,
        178,
        150,
        RED.map((_, i) => (i === 0 ? QUADRANTS.bottomLeft[0] : QUADRANTS.bottomLeft[i]) ?? 0),
      );
    });

    it('are not trimmed when they must not be', async () => {
      const picture = await made('l-image,i-brand@@disc.png,t-false,lx-0,ly-0,l-end');
      colour(picture, 5, 5, RED);
      colour(picture, 50, 50, YELLOW);
    });

    const places: [string, number, number][] = [
      ['lx-10,ly-20', 40, 50],
      ['lx-N0,ly-N0', 370, 270],
      ['lx-N10,ly-5', 360, 35],
      ['lfo-top_left', 30, 30],
      ['lfo-bottom', 200, 270],
      ['lxc-100,lyc-80', 100, 80],
      ['lx-bw_div_2,ly-bh_div_2', 230, 180],
      ['lx-bw_sub_cw,ly-0', 370, 30],
      ['lap-bottom_right,lx-N100,ly-N100', 330, 230],
      // Out of range: moved to the edge.
      ['lx-5000,ly-0', 399, 30],
    ];
    for (const [place, x, y] of places) {
      it(`go to ${place}`, async () => colour(await made(`l-image,i-brand@@disc.png,${place},l-end`), x, y, YELLOW));
    }

    it('take operations, steps and layers of their own', async () => {
      const picture = await made(
        'l-image,i-brand@@disc.png,w-60,bg-0000FF:b-5_FF0000,l-image,i-brand@@disc.png,w-10,e-grayscale,l-end,lx-0,ly-0,l-end',
      );
      colour(picture, 2, 140, RED);
      const own = await made('l-image,i-brand@@disc.png,w-60,bg-0000FF,lx-0,ly-0:b-5_FF0000,l-end');
      colour(own, 2, 2, [255, 0, 0]);
      colour(own, 7, 7, [0, 0, 255]);
      colour(own, 35, 35, YELLOW);
    });

    it('multiply, cut out and keep', async () => {
      const multiplied = await made('l-image,i-brand@@disc.png,lm-multiply,lx-0,ly-0,l-end');
      colour(multiplied, 30, 30, [196, 25, 0]);
      const hole = await made('l-image,i-brand@@disc.png,lm-cutout,lx-0,ly-0,l-end');
      expect([hole.at(30, 30)[3], hole.at(100, 100)[3]]).to.deep.equal([0, 255]);
      const kept = await made('l-image,i-brand@@disc.png,lm-cutter,lx-0,ly-0,l-end');
      expect([kept.at(30, 30)[3], kept.at(100, 100)[3]]).to.deep.equal([255, 0]);
      colour(kept, 30, 30, RED);
    });

    it('displace by red and green', async () => {
      // A plain layer of full red moves what is under it by x px: at the border of two areas the next one is seen.
      const picture = await made('l-image,i-ik_canvas,bg-FF8000,w-400,h-300,lm-displace,x-30,y-0,l-end');
      colour(picture, 180, 10, GREEN);
      colour(picture, 150, 10, RED);
    });

    it('may be the picture itself', async () => colour(await made('l-image,i-q.png,w-40,lx-0,ly-0,t-false,l-end'), 30, 25, SAND));

    it('take conditions and names in their chain, and stay what they are', async () => {
      const untrimmed = await made('l-image,i-brand@@disc.png,t-false,lx-0,ly-0:if-w_gt_10,w-50,if-end,l-end');
      colour(untrimmed, 2, 2, RED);
      colour(untrimmed, 25, 25, YELLOW);
      world.name('small', 'w-20');
      const named = await made('l-image,i-brand@@disc.png,lx-0,ly-0,n-small,l-end');
      colour(named, 10, 10, YELLOW);
      colour(named, 25, 10, RED);
    });

    it('are placed on what a trim has left', async () => {
      const picture = await made(
        't-true,l-image,i-ik_canvas,bg-0000FF,w-10,h-10,lx-0,ly-0,l-end,l-image,i-q.png,w-bw_div_6,lx-N0,ly-N0,t-false,l-end',
        'brand/disc.png',
      );
      expect([picture.width, picture.height]).to.deep.equal([60, 60]);
      colour(picture, 2, 2, [0, 0, 255]);
      colour(picture, 58, 58, SAND, 20);
      colour(picture, 30, 30, YELLOW);
    });

    it('follow an edit of their focal point also when they wait for what a trim leaves', async () => {
      const tr = 't-true:l-image,i-q.png,t-false,w-20,h-60,fo-custom,lx-0,ly-0,l-end';
      const etag = async () => String((await world.get(`/cdn/brand/disc.png?tr=${tr},f-png`)).headers.etag);
      try {
        world.change('q.png', { framing: { point: { x: 0, y: 0.5 }, box: null } });
        colour(await made(tr, 'brand/disc.png'), 10, 10, RED);
        const before = await etag();
        world.change('q.png', { framing: { point: { x: 1, y: 0.5 }, box: null } });
        colour(await made(tr, 'brand/disc.png'), 10, 10, GREEN);
        expect(await etag()).not.to.equal(before);
      } finally {
        world.change('q.png', { framing: null });
      }
    });

    it('come after the step they stand in', async () => {
      const picture = await made('l-image,i-brand@@disc.png,lx-0,ly-0,l-end,w-200');
      expect(picture.width).to.equal(200);
      colour(picture, 30, 30, YELLOW);
      colour(picture, 30, 61, RED);
    });
  });

  describe('of areas', () => {
    it('have a size, a colour and how opaque it is', async () => {
      const picture = await made('l-image,i-ik_canvas,w-bw_div_2,h-20,bg-0000FF50,lx-0,ly-0,l-end');
      colour(picture, 10, 10, [100, 15, 143]);
      colour(picture, 210, 10, GREEN);
    });

    it('may be gradients with round corners', async () => {
      const picture = await made('l-image,i-ik_canvas,w-100,h-100,e-gradient-ld-right_from-000000_to-FFFFFF,r-max,lx-0,ly-0,l-end');
      colour(picture, 2, 2, RED);
      colour(picture, 50, 50, [127, 127, 127]);
    });
  });

  describe('of texts', () => {
    it('are drawn in the typefaces that come with Damson', async () => {
      const widths = new Set<number>();
      for (const family of ['Roboto', 'Lobster', 'PT%20Mono', 'AbrilFatface', 'Monoton']) {
        const picture = await made(
          `w-1000,h-200,c-force,l-text,i-Harbour%20light,fs-60,pa-5,ff-${family},co-FFFFFF,bg-000000,lx-0,ly-0,l-end`,
        );
        let width = 0;
        while (width < 1000 && near(picture.at(width, 1), [0, 0, 0])) width++;
        widths.add(width);
      }
      expect(widths.size, [...widths].join(' ')).to.equal(5);
    });

    it('wrap, have padding, a background and an alignment', async () => {
      const picture = await made('l-text,i-Two%20words,w-120,fs-40,pa-10_20,bg-00FF00,co-FF00FF,ia-left,lx-0,ly-0,l-end');
      colour(picture, 1, 1, [0, 255, 0]);
      colour(picture, 158, 5, [0, 255, 0]);
      colour(picture, 161, 5, RED);
      // Two lines are higher than one.
      colour(picture, 1, 80, [0, 255, 0]);
    });

    it('come in base64, with anything in them', async () => {
      const text = encodeURIComponent(Buffer.from('<b>5 & 6, 7:8</b>').toString('base64'));
      const picture = await made(`l-text,ie-${text},fs-20,co-FFFFFF,bg-000000,lx-0,ly-0,l-end`);
      colour(picture, 0, 0, [0, 0, 0], 60);
      expect(picture.width).to.equal(400);
    });

    it('speak of the picture below, and turn', async () => {
      const picture = await made('l-text,i-X,fs-bh_div_3,co-000000,bg-FFFFFF,pa-bw_div_40,rt-90,lx-0,ly-0,l-end');
      colour(picture, 2, 2, [255, 255, 255]);
    });

    it('draw scripts beyond Latin', async () => {
      const picture = await made(`l-text,i-${encodeURIComponent('Гавань Λιμάνι')},fs-40,ff-Roboto,co-FFFFFF,bg-000000,lx-0,ly-0,l-end`);
      colour(picture, 1, 1, [0, 0, 0]);
    });
  });

  it('are refused in the words of delivery', async () => {
    expect(await refused('l-image,i-missing.png,l-end')).to.deep.equal([404, 'ENOENT']);
    expect(await refused('l-image,i-..@@secret,l-end')).to.deep.equal([404, 'ENOENT']);
    expect(await refused('l-image,w-10,l-end')).to.deep.equal([400, 'EPARAM']);
    expect(await refused('l-text,fs-20,l-end')).to.deep.equal([400, 'EPARAM']);
    expect(await refused('l-text,i-x,ff-Nonesuch,l-end')).to.deep.equal([400, 'EPARAM']);
    expect(await refused('l-text,i-x,ff-fonts@@none.ttf,l-end')).to.deep.equal([404, 'ENOENT']);
    expect(await refused('l-text,i-x,ff-brand@@disc.png,l-end')).to.deep.equal([400, 'EPARAM']);
    expect(await refused('l-text,i-x,fs-5000,l-end')).to.deep.equal([422, 'ELIMIT']);
    expect(await refused(`l-text,i-${'W'.repeat(300)},fs-1000,w-16000,bg-FF0000,l-end`)).to.deep.equal([422, 'ELIMIT']);
    expect(await refused('l-text,i-x,fs-500,pa-4096,bg-FF0000,l-end')).to.deep.equal([422, 'ELIMIT']);
    expect(await refused('l-text,i-x,ff-constructor,l-end')).to.deep.equal([400, 'EPARAM']);
    expect(await refused('e-gradient-ld-constructor')).to.deep.equal([400, 'EPARAM']);
    expect(await refused('l-image,i-brand@@disc.png,pg-1.5,l-end')).to.deep.equal([400, 'EPARAM']);
    expect(await refused('l-image,i-brand@@disc.png,lm-displace,x-5000,l-end')).to.deep.equal([400, 'EPARAM']);
    expect(await refused('l-video,i-a.mp4,l-end')).to.deep.equal([400, 'EUNSUPPORTED']);
    expect(await refused('l-image,i-ik_canvas,w-20000,h-1,l-end')).to.deep.equal([422, 'ELIMIT']);
    expect(await refused(Array.from({ length: 13 }, () => 'l-text,i-x,l-end').join(','))).to.deep.equal([422, 'ELIMIT']);
    // Found out only when the size of the trimmed picture is known.
    expect(await refused('l-image,i-brand@@disc.png,cm-extract,w-50,h-50,xc-5,yc-5,l-end')).to.deep.equal([400, 'EPARAM']);
  });

  it('follow the rights of what they show', async () => {
    world.add('private.png', await disc(), {
      mime: 'image/png',
      width: 100,
      height: 100,
      hasAlpha: true,
      public: { now: false, until: null },
    });
    expect(await refused('l-image,i-private.png,l-end')).to.deep.equal([404, 'ENOENT']);
    const until = new Date(world.seen.now + 20_000);
    world.change('private.png', { public: { now: true, until } });
    const { status, headers } = await world.get('/cdn/q.png?tr=l-image,i-private.png,l-end');
    expect([status, headers['cache-control']]).to.deep.equal([200, 'public, max-age=20']);
  });

  it('are never cached for ever, whatever version the address pins', async () => {
    const control = async (tr: string) => (await world.get(`/cdn/q.png?tr=${tr}&ik-obj-version=1`)).headers['cache-control'];
    expect(await control('w-50')).to.contain('immutable');
    expect(await control('l-image,i-brand@@disc.png,l-end')).to.equal('public, max-age=60, stale-while-revalidate=30');
    world.name('fifty', 'w-50');
    expect(await control('n-fifty')).to.equal('public, max-age=60, stale-while-revalidate=30');
  });

  it('are another picture for another hint, also where sizes are late', async () => {
    const sized = async (width: number) => {
      const { headers, body } = await world.get('/cdn/brand/disc.png?tr=t-true,w-auto,f-png', { 'sec-ch-width': String(width) });
      return { etag: headers.etag, vary: headers.vary, width: (await pictureOf(body)).width };
    };
    const [small, large] = [await sized(100), await sized(250)];
    expect([small.width, large.width, small.vary]).to.deep.equal([100, 300, 'Sec-CH-Width']);
    expect(small.etag).not.to.equal(large.etag);
  });

  it('change with what they show', async () => {
    const mine = { mime: 'image/png', width: 100, height: 100, hasAlpha: true };
    world.add('changing.png', await disc(), mine);
    const address = '/cdn/q.png?tr=l-image,i-changing.png,lx-0,ly-0,l-end,f-png';
    const first = await world.get(address);
    const blue = world.add('other.png', await disc(100, 30, [0, 0, 250]), mine);
    world.change('changing.png', { blobId: blue.blobId, versionNumber: 2 });
    const second = await world.get(address);
    expect(second.headers.etag).not.to.equal(first.headers.etag);
    colour(await pictureOf(second.body), 30, 30, [0, 0, 250]);
  });
});
