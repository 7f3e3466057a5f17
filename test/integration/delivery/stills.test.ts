import { expect } from 'chai';
import sharp from 'sharp';
import { signDeliveryUrl } from '../../../src/modules/library/delivery/index.ts';
import { eventually, settled, startServer, type TestServer, upload } from '../../support/harness.ts';
import { startDelivery } from '../../support/fakes/delivery.ts';
import { pdf, twoPages } from '../../support/fixtures/pdf.ts';
import { near, pictureOf, quadrants } from '../../support/fixtures/pixels.ts';
import { colouredMp4 } from '../../support/fixtures/video.ts';
import { requireTool } from '../../support/tools.ts';
import type { Media } from '../../../src/platform/media/media.ts';

const RED = [204, 26, 26];
const BLUE = [26, 51, 204];

/** Pages and seconds that ingest made no picture of, from the URL to decoded pixels. */
describe('stills on demand', function () {
  this.timeout(60_000);
  let server: TestServer;
  let drawn = 0;

  before(async () => {
    server = await startServer();
    const { media } = server.container;
    const withStill = media.withStill.bind(media);
    media.withStill = (...given) => {
      if (given[2].lane === 'live') drawn++;
      return withStill(...given);
    };
    await bring('pages.pdf', twoPages());
    await bring('pages.ai', twoPages());
  });
  after(() => server?.close());
  beforeEach(() => {
    drawn = 0;
  });

  async function bring(name: string, bytes: Buffer): Promise<void> {
    const { body } = await upload(server.api, name, bytes, { folder: '/s', publish: 'true' });
    await settled(server.api, body.id);
  }

  const get = (path: string, headers: Record<string, string> = {}) => server.raw(`/cdn/s/${path}`, { headers });
  const picture = async (path: string) => {
    const response = await get(path);
    expect(response.status, `${path}: ${response.headers.get('ik-error')}`).to.equal(200);
    return pictureOf(Buffer.from(await response.arrayBuffer()));
  };
  const refused = async (path: string): Promise<Record<string, unknown>> => {
    const response = await get(path);
    return { status: response.status, ...((await response.json()) as Record<string, unknown>) };
  };

  it('draws any page of a document in its own size, and of an Illustrator file', async () => {
    for (const name of ['pages.pdf', 'pages.ai']) {
      const first = await picture(`${name}/ik-thumbnail.jpg?tr=w-300,f-png`);
      expect([first.width, first.height], name).to.deep.equal([300, 400]);
      expect(near(first.at(150, 390), RED), name).to.equal(true);
      const second = await picture(`${name}/ik-thumbnail.jpg?tr=pg-2,w-250,f-png`);
      expect([second.width, second.height], name).to.deep.equal([250, 100]);
      expect(near(second.at(125, 95), BLUE), `${name} ${second.at(125, 95).join()}`).to.equal(true);
      expect(near(second.at(200, 10), [255, 255, 255]), name).to.equal(true);
    }
    const half = await picture('pages.pdf?tr=pg-2,w-iw_div_4,h-ih_div_2,c-force,f-png');
    expect([half.width, half.height], 'expressions mean the page').to.deep.equal([640, 512]);
    const thumbnail = await get('pages.pdf/ik-thumbnail.jpg?tr=pg-2,w-100', { Accept: 'image/*' });
    expect(thumbnail.headers.get('content-type')).to.equal('image/jpeg');
  });

  it('draws a page once, whatever is made of it and however many ask', async () => {
    const page = { width: 200, height: 100, rgb: [0, 0, 1] } as const;
    await bring('once.pdf', pdf([page, { ...page, width: 300 }]));
    const answers = await Promise.all(
      Array.from({ length: 24 }, (_, i) => get(`once.pdf/ik-thumbnail.jpg?tr=pg-2,w-${100 + (i % 6) * 10}`, { Accept: 'image/webp' })),
    );
    expect(new Set(answers.map((answer) => answer.status))).to.deep.equal(new Set([200]));
    expect(drawn).to.equal(1);
    const etag = answers[0]?.headers.get('etag') ?? '';
    expect((await get('once.pdf/ik-thumbnail.jpg?tr=pg-2,w-100', { Accept: 'image/webp', 'If-None-Match': etag })).status).to.equal(304);
    expect((await get('once.pdf/ik-thumbnail.jpg?tr=pg-2,w-77')).status).to.equal(200);
    expect(drawn, 'kept').to.equal(1);
  });

  it('names given and allowed where there is no such page', async () => {
    const answer = await refused('pages.pdf/ik-thumbnail.jpg?tr=pg-3');
    expect(answer).to.include({ status: 400, code: 'delivery_parameter', parameter: 'pg', given: 3, allowed: 2 });
    expect(drawn).to.equal(0);
  });

  it('takes the first frame of what moves', async () => {
    const frames = await Promise.all([
      quadrants(40, 30),
      sharp(await quadrants(40, 30))
        .flop()
        .toBuffer(),
    ]);
    const moving = sharp(frames, { join: { animated: true } });
    await bring(
      'moving.gif',
      await moving
        .clone()
        .gif({ delay: [100, 100] })
        .toBuffer(),
    );
    await bring('moving.webp', await moving.webp({ lossless: true }).toBuffer());
    for (const name of ['moving.gif', 'moving.webp']) {
      const response = await get(`${name}/ik-thumbnail.jpg`, { Accept: 'image/webp' });
      expect((await sharp(await response.arrayBuffer()).metadata()).pages ?? 1, name).to.equal(1);
      expect(near((await picture(`${name}/ik-thumbnail.jpg?tr=f-png`)).at(5, 5), [200, 30, 30], 12), name).to.equal(true);
      expect(near((await picture(`${name}/ik-thumbnail.jpg?tr=pg-2,f-png`)).at(5, 5), [30, 160, 60], 12), name).to.equal(true);
    }
    expect((await refused('moving.gif/ik-thumbnail.jpg?tr=pg-3')).status).to.equal(400);
  });

  it('takes the frame of a film at a second', async function () {
    requireTool(this, 'ffmpeg');
    // Red, green, blue, two seconds each, and sound for one second more.
    await bring('film.mp4', colouredMp4());
    const rows: [string, string, number[]][] = [
      ['so-0', 'red', [254, 0, 0]],
      ['so-1.5', 'red', [254, 0, 0]],
      ['so-2.5', 'green', [0, 128, 0]],
      ['so-idu_div_2', 'green', [0, 128, 0]],
      ['so-5.99', 'blue, the last frame', [0, 0, 254]],
      ['so-6.8', 'blue, when only the sound goes on', [0, 0, 254]],
    ];
    for (const [so, what, colour] of rows) {
      const found = await picture(`film.mp4/ik-thumbnail.jpg?tr=${so},w-80,f-png`);
      expect([found.width, found.height], so).to.deep.equal([80, 45]);
      expect(near(found.at(40, 20), colour, 10), `${so}: ${what}, but ${found.at(40, 20).join(' ')}`).to.equal(true);
    }
    const first = await get('film.mp4/ik-thumbnail.jpg?tr=so-1,w-50');
    const other = await get('film.mp4/ik-thumbnail.jpg?tr=so-3,w-50');
    expect(first.headers.get('content-type'), 'an opaque picture').to.equal('image/jpeg');
    expect(first.headers.get('etag')).not.to.equal(other.headers.get('etag'));
    const late = await refused('film.mp4/ik-thumbnail.jpg?tr=so-7.5');
    expect(late).to.include({ status: 400, code: 'delivery_parameter', parameter: 'so', given: 7.5 });
    expect(late.allowed).to.be.within(6.9, 7.1);
    for (const [tr, parameter] of [
      ['so-1.234', 'so'],
      ['so-1,eo-2', 'eo'],
      ['vc-h264', 'vc'],
    ]) {
      expect(await refused(`film.mp4/ik-thumbnail.jpg?tr=${tr}`), tr).to.include({ status: 400, parameter });
    }
    expect(await refused('pages.pdf/ik-thumbnail.jpg?tr=so-1')).to.include({ status: 400, parameter: 'so' });
  });
});

describe('stills on demand, when too many are wanted', () => {
  it('answers 503 beyond a bound, and leaves other work alone', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let drawing = 0;
    const world = await startDelivery();
    const busy = world.media as { -readonly [K in keyof Media]: Media[K] };
    busy.pixels = async () => ({ hasAlpha: false, fewColours: true });
    busy.withStill = async (file, _identified, _options, work) => {
      drawing++;
      await held;
      return work({ path: file.path, width: 400, height: 300 });
    };
    try {
      world.add('many.pdf', await quadrants(), { mime: 'application/pdf', kind: 'document', pages: 40 });
      world.add('photo.png', await quadrants(), { mime: 'image/png' });
      world.add('layers.psd', await quadrants(), { mime: 'image/vnd.adobe.photoshop' });
      const waiting = Array.from({ length: 16 }, (_, i) => world.get(`/cdn/many.pdf?tr=pg-${i + 2},w-50`));
      await eventually(async () => drawing === 16);
      const full = await world.get('/cdn/many.pdf?tr=pg-30,w-50');
      expect([full.status, full.headers['retry-after']]).to.deep.equal([503, '2']);
      expect((await world.get('/cdn/photo.png?tr=w-50')).status).to.equal(200);
      expect((await world.get('/cdn/layers.psd?tr=pg-2')).headers['ik-error']).to.match(
        /^EUNSUPPORTED - pg of this file, whose layers were not read/,
      );
      release();
      expect((await Promise.all(waiting)).map((answer) => answer.status)).to.deep.equal(Array(16).fill(200));
    } finally {
      release();
      await world.close();
    }
  });

  it('draws so many for strangers of one network, and as many as they like for others', async () => {
    let left = 2;
    const world = await startDelivery({ takeStill: async () => (left-- > 0 ? 0 : 90_000), keys: ['secret'] });
    const easy = world.media as { -readonly [K in keyof Media]: Media[K] };
    easy.pixels = async () => ({ hasAlpha: false, fewColours: true });
    easy.withStill = async (file, _identified, _options, work) => work({ path: file.path, width: 400, height: 300 });
    try {
      world.add('many.pdf', await quadrants(), { mime: 'application/pdf', kind: 'document', pages: 40 });
      const status = async (tr: string) => (await world.get(`/cdn/many.pdf?tr=${tr}`)).status;
      expect(await Promise.all([status('pg-2,w-50'), status('pg-2,w-50'), status('pg-3,w-50')])).to.deep.equal([200, 200, 200]);
      const refused = await world.get('/cdn/many.pdf?tr=pg-4,w-50');
      expect([refused.status, refused.headers['retry-after']]).to.deep.equal([429, '90']);
      expect(refused.headers['ik-error']).to.match(/^ERATE - New stills/);
      expect(await status('pg-3,w-60'), 'drawn already').to.equal(200);
      const target = '/many.pdf?tr=pg-4,w-50';
      expect((await world.get(`/cdn${target}&ik-s=${signDeliveryUrl(target, 'secret', null)}`)).status, 'signed').to.equal(200);
      expect(await status('pg-4,w-50'), 'drawn by now').to.equal(200);
    } finally {
      await world.close();
    }
  });
});
