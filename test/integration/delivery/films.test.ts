import { expect } from 'chai';
import sharp from 'sharp';
import { factsOfFilm, frameOfFilm, quarterFilm } from '../../support/fixtures/films.ts';
import { near, pictureOf, QUADRANTS } from '../../support/fixtures/pixels.ts';
import { eventually, startServer, type TestServer } from '../../support/harness.ts';
import { requireTool } from '../../support/tools.ts';

/** Films by URL, from the upload to decoded frames. The film has four coloured quarters, 400 x 300, 4 s; red turns white at 2 s. */

type Point = readonly [second: number, x: number, y: number, colour: readonly number[]];
interface Wanted {
  readonly size?: string;
  /** picture/sound */
  readonly codecs?: string;
  readonly seconds?: number;
  readonly points?: readonly Point[];
}
const { topLeft: RED, topRight: GREEN, bottomLeft: BLUE, bottomRight: SAND } = QUADRANTS;
const WHITE = [255, 255, 255];
const BLACK = [0, 0, 0];
const CYAN = [0, 200, 220];

const rows: readonly [transformation: string, wanted: Wanted][] = [
  [
    '',
    {
      size: '400x300',
      codecs: 'h264/aac',
      seconds: 4,
      points: [
        [1, 100, 75, RED],
        [3, 100, 75, WHITE],
        [1, 300, 75, GREEN],
        [1, 100, 225, BLUE],
        [1, 300, 225, SAND],
      ],
    },
  ],
  [
    'w-200',
    {
      size: '200x150',
      points: [
        [1, 50, 40, RED],
        [1, 150, 110, SAND],
      ],
    },
  ],
  ['w-201', { size: '200x150' }],
  [
    'w-200,h-200',
    {
      size: '200x200',
      points: [
        [1, 50, 50, RED],
        [1, 150, 150, SAND],
      ],
    },
  ],
  [
    'w-200,h-200,fo-left',
    {
      size: '200x200',
      points: [
        [1, 120, 50, RED],
        [1, 180, 150, SAND],
      ],
    },
  ],
  ['w-200,h-200,c-force', { size: '200x200', points: [[1, 50, 50, RED]] }],
  ['w-200,h-200,c-at_max', { size: '200x150' }],
  ['w-200,h-200,c-at_least', { size: '266x200' }],
  ['w-200,ar-1-1', { size: '200x200' }],
  ['w-iw_div_4', { size: '100x74' }],
  [
    'w-200,h-200,cm-pad_resize,bg-00FF00',
    {
      size: '200x200',
      points: [
        [1, 100, 8, [0, 255, 0]],
        [1, 50, 60, RED],
      ],
    },
  ],
  ['w-200,h-200,cm-pad_resize', { size: '200x200', points: [[1, 100, 8, BLACK]] }],
  [
    'w-200,h-400,cm-pad_resize,bg-blurred',
    {
      size: '200x400',
      points: [
        [1, 40, 20, RED],
        [1, 50, 150, RED],
        [1, 170, 380, SAND],
      ],
    },
  ],
  ['w-100,h-100,cm-extract,fo-top_left', { size: '100x100', points: [[1, 95, 95, RED]] }],
  [
    'w-100,b-10_00FF00',
    {
      size: '120x94',
      points: [
        [1, 4, 40, [0, 255, 0]],
        [1, 30, 30, RED],
      ],
    },
  ],
  [
    'w-200,h-200,r-max',
    {
      size: '200x200',
      points: [
        [1, 6, 6, BLACK],
        [1, 60, 60, RED],
        [1, 194, 194, BLACK],
      ],
    },
  ],
  [
    'w-200,r-40,bg-0000FF',
    {
      size: '200x150',
      points: [
        [1, 3, 3, [0, 0, 255]],
        [1, 60, 40, RED],
      ],
    },
  ],
  [
    'rt-90',
    {
      size: '300x400',
      points: [
        [1, 75, 100, BLUE],
        [1, 225, 100, RED],
      ],
    },
  ],
  ['rt-180', { size: '400x300', points: [[1, 100, 75, SAND]] }],
  ['rt-270', { size: '300x400', points: [[1, 75, 100, GREEN]] }],
  ['fl-h', { size: '400x300', points: [[1, 100, 75, GREEN]] }],
  ['so-2', { seconds: 2, points: [[0.5, 100, 75, WHITE]] }],
  ['so-1,du-1.5', { seconds: 1.5, points: [[0.2, 100, 75, RED]] }],
  ['so-1,eo-3', { seconds: 2 }],
  ['so-idu_div_2', { seconds: 2 }],
  ['du-30', { seconds: 4 }],
  ['ac-none', { codecs: 'h264/null' }],
  ['vc-none', { codecs: 'null/aac' }],
  ['f-webm,w-200', { codecs: 'vp9/opus', size: '200x150', points: [[1, 50, 40, RED]] }],
  ['f-webm,vc-av1,w-200', { codecs: 'av1/opus' }],
  ['vc-vp9,ac-none,w-100', { codecs: 'vp9/null' }],
  ['if-iw_gt_300,w-120,if-else,w-80,if-end', { size: '120x90' }],
  // Layers: pictures, areas and texts, over all of the film or some of it.
  [
    'l-image,i-logo.png,lx-10,ly-10,t-false,l-end',
    {
      size: '400x300',
      points: [
        [1, 20, 20, CYAN],
        [1, 55, 20, RED],
        [3, 20, 20, CYAN],
      ],
    },
  ],
  [
    'w-200,l-image,i-logo.png,t-false,w-20,lx-N0,ly-N0,lso-1,ldu-1,l-end',
    {
      size: '200x150',
      points: [
        [0.5, 190, 140, SAND],
        [1.5, 190, 140, CYAN],
        [2.5, 190, 140, SAND],
      ],
    },
  ],
  [
    'l-image,i-ik_canvas,w-bw_div_2,h-50,bg-FF00FF,lfo-bottom_left,leo-bdu_div_2,l-end',
    {
      points: [
        [1, 100, 280, [255, 0, 255]],
        [3, 100, 280, BLUE],
      ],
    },
  ],
  [
    'l-text,i-Hi,fs-40,co-FFFFFF,bg-000000,pa-20,lfo-top_left,l-end',
    {
      points: [
        [1, 5, 5, BLACK],
        [1, 300, 75, GREEN],
      ],
    },
  ],
  ['w-200:rt-90', { size: '150x200', points: [[1, 40, 50, BLUE]] }],
];

const refusals: readonly [target: string, status: number, code: string][] = [
  ['film.mp4?tr=so-5', 400, 'EPARAM'],
  ['film.mp4?tr=so-1,eo-1', 400, 'EPARAM'],
  ['film.mp4?tr=eo-9', 400, 'EPARAM'],
  ['film.mp4?tr=du-0', 400, 'EPARAM'],
  ['film.mp4?tr=so-1.234', 400, 'EPARAM'],
  ['film.mp4?tr=so-N1', 400, 'EPARAM'],
  ['film.mp4?tr=vc-h265', 400, 'EPARAM'],
  ['film.mp4?tr=vc-none,ac-none', 400, 'EPARAM'],
  ['film.mp4?tr=f-mp4,vc-vp9', 400, 'EPARAM'],
  ['film.mp4?tr=f-webm,ac-aac', 400, 'EPARAM'],
  ['film.mp4?tr=rt-45', 400, 'EPARAM'],
  ['film.mp4?tr=e-sharpen', 400, 'EUNSUPPORTED'],
  ['film.mp4?tr=bl-5', 400, 'EUNSUPPORTED'],
  ['film.mp4?tr=l-image,i-logo.png,lm-multiply,l-end', 400, 'EUNSUPPORTED'],
  ['film.mp4?tr=l-image,i-logo.png,lso-2,leo-1,l-end', 400, 'EPARAM'],
  ['film.mp4?tr=l-image,i-private.png,l-end', 404, 'ENOENT'],
  ['film.mp4/ik-sprite.jpg?tr=l-text,i-a,l-end', 400, 'EPARAM'],
  ['film.mp4?tr=sr-240', 400, 'EPARAM'],
  ['film.mp4?tr=w-9000,h-9000', 422, 'ELIMIT'],
  ['film.mp4?tr=if-iw_gt_1,so-1,if-end', 400, 'EPARAM'],
  ['film.mp4/ik-master.m3u8', 400, 'EPARAM'],
  ['film.mp4/ik-master.m3u8?tr=sr-250', 400, 'EPARAM'],
  ['film.mp4/ik-master.m3u8?tr=sr-240,w-100', 400, 'EPARAM'],
  ['film.mp4/ik-master.mpd?tr=sr-240,vc-vp9', 400, 'EPARAM'],
  ['film.mp4/ik-sprite.jpg?tr=so-1', 400, 'EPARAM'],
  ['film.mp4/ik-sprite.jpg?tr=w-4000', 422, 'ELIMIT'],
  ['nothing.mp4/ik-master.m3u8?tr=sr-240', 404, 'ENOENT'],
  ['text.txt/ik-master.m3u8?tr=sr-240', 422, 'EDECODE'],
  ['ik-stream/nonsense/240.m3u8', 401, 'EUNAUTHORIZED'],
];

describe('films by URL', function () {
  this.timeout(120_000);
  let server: TestServer;

  async function add(name: string, data: Buffer): Promise<string> {
    const form = new FormData();
    form.set('file', new Blob([new Uint8Array(data)]), name);
    const { id } = (await (await server.api('/api/v1/assets', { method: 'POST', body: form })).json()) as { id: string };
    const body = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' };
    expect((await server.api(`/api/v1/assets/${id}/publish`, body)).status).to.be.below(300);
    await eventually(async () => ((await (await server.api(`/api/v1/assets/${id}`)).json()) as { status: string }).status === 'ready', {
      ms: 60_000,
    });
    return id;
  }

  /** Asks until it is there; whatever comes before must be an empty 202. */
  async function made(target: string, headers: Record<string, string> = {}): Promise<Response> {
    return eventually(
      async () => {
        const answer = await server.raw(target, { headers });
        if (answer.status !== 202) return answer;
        expect([await answer.text(), answer.headers.get('retry-after')]).to.deep.equal(['', '2']);
        expect(Number(answer.headers.get('damson-progress'))).to.be.within(0, 1);
        return false;
      },
      { ms: 60_000 },
    );
  }

  const bytes = async (answer: Response) => {
    if (answer.status >= 300) throw new Error(`${answer.status} ${answer.headers.get('ik-error')}`);
    return Buffer.from(await answer.arrayBuffer());
  };

  before(async function () {
    requireTool(this, 'ffmpeg');
    server = await startServer();
    await add('film.mp4', quarterFilm({ whiteFrom: 2 }));
    await add('wide.mp4', quarterFilm({ ratio: '2/1', seconds: 1, sound: false }));
    await add('moving.gif', quarterFilm({ extension: 'gif', sound: false, seconds: 1 }));
    await add('text.txt', Buffer.from('no film'));
    const plain = { create: { width: 40, height: 40, channels: 3 as const, background: { r: 0, g: 200, b: 220 } } };
    await add('logo.png', await sharp(plain).png().toBuffer());
  });
  after(() => server?.close());

  for (const [transformation, wanted] of rows) {
    it(`makes ${transformation || 'what a plain address means'}`, async () => {
      const answer = await made(`/cdn/film.mp4${transformation && `?tr=${transformation}`}`);
      const film = await bytes(answer);
      const facts = factsOfFilm(film);
      if (wanted.size) expect(`${facts.width}x${facts.height}`).to.equal(wanted.size);
      if (wanted.codecs) expect(`${facts.video}/${facts.audio}`).to.equal(wanted.codecs);
      if (wanted.seconds) expect(facts.seconds).to.be.closeTo(wanted.seconds, 0.2);
      for (const [second, x, y, colour] of wanted.points ?? []) {
        const found = (await pictureOf(frameOfFilm(film, second))).at(x, y);
        expect(near(found, colour, 14), `at ${second} s, ${x},${y}: ${found.join(' ')} for ${colour.join(' ')}`).to.equal(true);
      }
    });
  }

  for (const [target, status, code] of refusals) {
    it(`refuses ${target}`, async () => {
      const answer = await server.raw(`/cdn/${target}`);
      expect([answer.status, answer.headers.get('ik-error')?.split(' ')[0]]).to.deep.equal([status, code]);
    });
  }

  it('names types, validators and ranges', async () => {
    const whole = await made('/cdn/film.mp4?tr=w-200');
    const etag = whole.headers.get('etag') ?? '';
    const data = await bytes(whole);
    expect(whole.headers.get('content-type')).to.equal('video/mp4');
    expect(whole.headers.get('cache-control')).to.equal('public, max-age=60, stale-while-revalidate=30');
    expect((await server.raw('/cdn/film.mp4?tr=w-200', { headers: { 'If-None-Match': etag } })).status).to.equal(304);
    expect(whole.headers.get('cache-tag')).to.match(/^a-\S{12},v-\S{12},f-\S{12},w-\S{12}$/);
    const part = await server.raw('/cdn/film.mp4?tr=w-200', { headers: { Range: 'bytes=100-199' } });
    expect([part.status, part.headers.get('content-range')]).to.deep.equal([206, `bytes 100-199/${data.length}`]);
    expect((await bytes(part)).equals(data.subarray(100, 200))).to.equal(true);
    const sound = await made('/cdn/film.mp4?tr=vc-none');
    expect(sound.headers.get('content-type')).to.equal('audio/mp4');
    const head = await server.raw('/cdn/film.mp4?tr=w-200', { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).to.deep.equal([200, String(data.length)]);
  });

  it('answers WebM to those who name it, and says so in Vary', async () => {
    const accept = { Accept: 'video/webm,video/*;q=0.8' };
    const webm = await made('/cdn/film.mp4?tr=w-100,ac-none', accept);
    expect([webm.headers.get('content-type'), webm.headers.get('vary')]).to.deep.equal(['video/webm', 'Accept']);
    const mp4 = await made('/cdn/film.mp4?tr=w-100,ac-none', { Accept: '*/*' });
    expect([mp4.headers.get('content-type'), mp4.headers.get('vary')]).to.deep.equal(['video/mp4', 'Accept']);
    expect((await made('/cdn/film.mp4?tr=w-100,ac-none,f-mp4', accept)).headers.get('vary')).to.equal(null);
  });

  it('shows the still where a picture is asked for, and the same film under an extensionless name', async () => {
    expect((await server.raw('/cdn/film.mp4?tr=w-100,f-jpg')).headers.get('content-type')).to.equal('image/jpeg');
    const white = await bytes(await server.raw('/cdn/film.mp4?tr=so-3,w-100,f-png'));
    expect(near((await pictureOf(white)).at(20, 20), WHITE, 14)).to.equal(true);
    expect((await server.raw('/cdn/film.mp4/ik-thumbnail.jpg?tr=w-100')).headers.get('content-type')).to.match(/^image\//);
    const named = await made('/cdn/film.mp4/ik-video.mp4?tr=w-200');
    expect(named.headers.get('etag')).to.equal((await made('/cdn/film.mp4?tr=w-200')).headers.get('etag'));
  });

  it('counts pixels as they are seen when they are not square', async () => {
    const facts = factsOfFilm(await bytes(await made('/cdn/wide.mp4?tr=h-150')));
    expect([facts.width, facts.height, facts.audio]).to.deep.equal([400, 150, null]);
  });

  it('makes a film of a moving GIF', async () => {
    const answer = await made('/cdn/moving.gif/ik-gif-video.mp4?tr=w-200');
    const film = await bytes(answer);
    expect([answer.headers.get('content-type'), factsOfFilm(film).video, factsOfFilm(film).width]).to.deep.equal([
      'video/mp4',
      'h264',
      200,
    ]);
    expect(near((await pictureOf(frameOfFilm(film, 0.5))).at(50, 40), RED, 14)).to.equal(true);
    expect((await server.raw('/cdn/moving.gif?tr=w-200')).headers.get('content-type')).to.match(/^image\//);
  });

  it('never gives the original while it prepares, and nothing to those who may not have it', async () => {
    const id = await add('secret.mp4', quarterFilm({ seconds: 1 }));
    const body = { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' };
    const first = await server.raw('/cdn/secret.mp4?tr=w-60');
    expect([first.status, await first.text()]).to.deep.equal([202, '']);
    await made('/cdn/secret.mp4?tr=w-60');
    await server.api(`/api/v1/assets/${id}/unpublish`, body);
    await eventually(async () => (await server.raw('/cdn/secret.mp4?tr=w-60')).status === 404);
  });
});
