import { expect } from 'chai';
import sharp from 'sharp';
import { factsOfFilm, frameOfFilm, quarterFilm } from '../../support/fixtures/films.ts';
import { near, pictureOf, QUADRANTS } from '../../support/fixtures/pixels.ts';
import { eventually, startServer, type TestServer } from '../../support/harness.ts';
import { requireTool } from '../../support/tools.ts';

/** Streaming ladders and sprites by URL: manifests, pieces, who may have them. The film is 10 s, 640 x 480, four coloured quarters. */

describe('streams of films', function () {
  this.timeout(120_000);
  let server: TestServer;
  let id: string;

  async function add(name: string, data: Buffer): Promise<string> {
    const form = new FormData();
    form.set('file', new Blob([new Uint8Array(data)]), name);
    const asset = (await (await server.api('/api/v1/assets', { method: 'POST', body: form })).json()) as { id: string };
    await eventually(
      async () => ((await (await server.api(`/api/v1/assets/${asset.id}`)).json()) as { status: string }).status === 'ready',
      { ms: 60_000 },
    );
    return asset.id;
  }

  async function publish(asset: string, how: 'publish' | 'unpublish' = 'publish'): Promise<void> {
    const body = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' };
    expect((await server.api(`/api/v1/assets/${asset}/${how}`, body)).status).to.be.below(300);
  }

  /** Asks until it is there and (when asked for) finished. */
  async function text(target: string, until: (body: string, answer: Response) => boolean = () => true): Promise<string> {
    return eventually(
      async () => {
        const answer = await server.raw(target);
        const body = await answer.text();
        if (answer.status >= 300) throw new Error(`${target}: ${answer.status} ${answer.headers.get('ik-error')}`);
        return answer.status === 200 && until(body, answer) && body;
      },
      { ms: 60_000 },
    );
  }

  const finished = (_body: string, answer: Response) => answer.headers.get('damson-progress') === '1.00';
  const bytes = async (path: string) => {
    const answer = await server.raw(path);
    expect(answer.status, path).to.equal(200);
    return Buffer.from(await answer.arrayBuffer());
  };
  const lines = (body: string) => body.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

  before(async function () {
    requireTool(this, 'ffmpeg');
    server = await startServer();
    id = await add('long.mp4', quarterFilm({ width: 640, height: 480, seconds: 10 }));
    await publish(id);
  });
  after(() => server?.close());

  it('answers 202 at first, then a master playlist with a rung for each height the film has', async () => {
    const first = await server.raw('/cdn/long.mp4/ik-master.m3u8?tr=sr-240_360_720_1080');
    expect([first.status, await first.text(), first.headers.get('cache-control')]).to.deep.equal([202, '', 'no-store']);
    const master = await text('/cdn/long.mp4/ik-master.m3u8?tr=sr-240_360_720_1080', finished);
    // 720 and 1080 are larger than the film: one rung of its own size stands for both.
    expect([...master.matchAll(/RESOLUTION=(\S+?),/g)].map(([, size]) => size)).to.deep.equal(['320x240', '480x360', '640x480']);
    expect(master).to.match(/CODECS="avc1\.64[0-9a-f]{4},mp4a\.40\.2",AUDIO="sound"/);
    expect(master).to.match(/#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound".*URI="\/cdn\/ik-stream\/[^/]+\/audio\.m3u8"/);
  });

  it('serves pieces of four seconds that play, of the right size, sound apart', async () => {
    const master = await text('/cdn/long.mp4/ik-master.m3u8?tr=sr-240_360', finished);
    const [small = ''] = lines(master);
    const rung = await text(small);
    expect(rung).to.match(/#EXT-X-ENDLIST\n$/);
    const lengths = [...rung.matchAll(/#EXTINF:([\d.]+)/g)].map(([, seconds]) => Number(seconds));
    expect(lengths.map(Math.round)).to.deep.equal([4, 4, 2]);
    const base = small.slice(0, small.lastIndexOf('/') + 1);
    expect((await server.raw(`${base}240-0.m4s`)).headers.get('cache-tag')).to.match(/^a-/);
    const init = /URI="([^"]+)"/.exec(rung)?.[1] ?? '';
    const parts = await Promise.all([init, ...lines(rung)].map((name) => bytes(base + name)));
    const film = Buffer.concat(parts);
    const facts = factsOfFilm(film);
    expect([facts.width, facts.height, facts.video, facts.audio]).to.deep.equal([320, 240, 'h264', null]);
    expect(facts.seconds).to.be.closeTo(10, 0.3);
    expect(near((await pictureOf(frameOfFilm(film, 8))).at(80, 60), QUADRANTS.topLeft, 14)).to.equal(true);
    // Each piece begins with a whole picture: it can be entered anywhere.
    const [head = Buffer.alloc(0), , second = Buffer.alloc(0)] = parts;
    expect(near((await pictureOf(frameOfFilm(Buffer.concat([head, second]), 0))).at(240, 180), QUADRANTS.bottomRight, 14)).to.equal(true);
    const sound = lines(await text(`${base}audio.m3u8`));
    const audio = Buffer.concat(await Promise.all(['audio-init.mp4', ...sound].map((name) => bytes(base + name))));
    expect([factsOfFilm(audio).video, factsOfFilm(audio).audio]).to.deep.equal([null, 'aac']);
  });

  it('lays pictures over every rung', async () => {
    const layer = 'l-image,i-ik_canvas,w-bw_div_2,h-bh_div_2,bg-FF00FF,lfo-top_left,l-end';
    const master = await text(`/cdn/long.mp4/ik-master.m3u8?tr=sr-240,${layer}`, finished);
    const [small = ''] = lines(master);
    const base = small.slice(0, small.lastIndexOf('/') + 1);
    const film = Buffer.concat([await bytes(`${base}240-init.mp4`), await bytes(`${base}240-0.m4s`)]);
    expect(near((await pictureOf(frameOfFilm(film, 1))).at(80, 60), [255, 0, 255], 20)).to.equal(true);
  });

  it('serves DASH from the same pieces', async () => {
    const mpd = await text('/cdn/long.mp4/ik-master.mpd?tr=sr-240_360', finished);
    expect(mpd).to.match(/type="static".*mediaPresentationDuration="PT10\.\d{3}S"/);
    const base = /<BaseURL>([^<]+)<\/BaseURL>/.exec(mpd)?.[1] ?? '';
    const rungs = [...mpd.matchAll(/<Representation id="(\d+)"[^>]*>.*?<SegmentTimeline>(.*?)<\/SegmentTimeline>/g)];
    expect(rungs.map(([, rung]) => rung)).to.deep.equal(['240', '360']);
    for (const [, rung, timeline = ''] of rungs) {
      expect(timeline.match(/<S /g)).to.have.length(3);
      await bytes(`${base}${rung}-init.mp4`);
      await bytes(`${base}${rung}-2.m4s`);
    }
    expect((await server.raw(`${base}240-9.m4s`)).status).to.equal(404);
  });

  it('is made once for both manifests and however many ask', async () => {
    const id2 = await add('once.mp4', quarterFilm({ seconds: 1, sound: false }));
    await publish(id2);
    const targets = ['m3u8', 'mpd', 'm3u8', 'mpd', 'm3u8'].map((kind) => `/cdn/once.mp4/ik-master.${kind}?tr=sr-240`);
    await Promise.all(targets.map((target) => server.raw(target)));
    const master = await text('/cdn/once.mp4/ik-master.m3u8?tr=sr-240', finished);
    expect(master).not.to.contain('AUDIO');
    const rows = await server.container.database.sql.query({}, 'select id from film where asset_id = $1', [id2]);
    expect(rows).to.have.length(1);
  });

  it('lets nobody change an address, and ends with the right to the film', async () => {
    const master = await text('/cdn/long.mp4/ik-master.m3u8?tr=sr-240_360', finished);
    const [small = ''] = lines(master);
    const [, token = ''] = /ik-stream\/([^/]+)\//.exec(small) ?? [];
    const tampered = token.replace(/^(.)(.)/, '$2$1');
    expect((await server.raw(small.replace(token, tampered))).status).to.equal(401);
    expect((await server.raw(small.replace('240.m3u8', '../x'))).status).to.be.oneOf([401, 404]);
    expect((await server.raw(small.replace('240.m3u8', 'sprite.jpg'))).status).to.equal(404);
    expect((await server.raw(small.replace('240.m3u8', '999.m3u8'))).status).to.equal(404);
    await publish(id, 'unpublish');
    await eventually(async () => (await server.raw(small)).status === 404);
    await eventually(async () => (await server.raw(small.replace('240.m3u8', '240-0.m4s'))).status === 404);
    await publish(id);
    await eventually(async () => (await server.raw(small)).status === 200);
  });

  it('shows small pictures in a grid, and where each stands', async () => {
    const cues = await text('/cdn/long.mp4/ik-sprite.vtt?tr=w-80', finished);
    expect(cues).to.match(/^WEBVTT\n/);
    const places = [...cues.matchAll(/^(\S+) --> (\S+)\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)$/gm)];
    expect(places).to.have.length(10);
    expect(places[3]?.slice(1, 3)).to.deep.equal(['00:00:03.000', '00:00:04.000']);
    const sprite = await bytes(places[0]?.[3] ?? '');
    const { width, height, format } = await sharp(sprite).metadata();
    expect([width, height, format]).to.deep.equal([800, 60, 'jpeg']);
    const picture = await pictureOf(sprite);
    for (const [, , , , left, top] of places) {
      expect(near(picture.at(Number(left) + 20, Number(top) + 15), QUADRANTS.topLeft, 25), `at ${left},${top}`).to.equal(true);
    }
    const direct = await server.raw('/cdn/long.mp4/ik-sprite.jpg?tr=w-80');
    expect([direct.status, direct.headers.get('content-type')]).to.deep.equal([200, 'image/jpeg']);
  });

  it('makes again what the store has lost', async () => {
    const target = '/cdn/long.mp4?tr=w-60,ac-none';
    const first = await eventually(
      async () => {
        const answer = await server.raw(target);
        return answer.status === 200 && Buffer.from(await answer.arrayBuffer());
      },
      { ms: 60_000 },
    );
    const { storage } = server.container;
    for await (const { key } of storage.list('derived/')) if (key.endsWith('-film.mp4')) await storage.remove([key]);
    expect((await server.raw(target)).status).to.equal(202);
    const again = await eventually(
      async () => {
        const answer = await server.raw(target);
        return answer.status === 200 && Buffer.from(await answer.arrayBuffer());
      },
      { ms: 60_000 },
    );
    expect(factsOfFilm(again).seconds).to.equal(factsOfFilm(first).seconds);
  });
});
