import { expect } from 'chai';
import { CLEAR, look, type Row } from '../../support/delivered.ts';
import { filmClient } from '../../support/film-client.ts';
import { busyFilm, factsOfFilm, frameOfFilm, plainFilm, quarterFilm } from '../../support/fixtures/films.ts';
import { near, type Picture, pictureOf, QUADRANTS } from '../../support/fixtures/pixels.ts';
import { startServer, type TestServer } from '../../support/harness.ts';
import { requireTool } from '../../support/tools.ts';

/** What films.test.ts leaves of delivery-urls 7, by decoded frames: every form of a value, stills of any second, colours of today's films, the whole ladder. */

type Point = readonly [second: number, x: number, y: number, colour: readonly number[]];
interface Wanted {
  readonly size?: string;
  readonly codecs?: string;
  readonly seconds?: number;
  readonly points?: readonly Point[];
}

const { topLeft: RED, topRight: GREEN, bottomLeft: BLUE, bottomRight: SAND } = QUADRANTS;
const WHITE = [255, 255, 255];
const BLACK = [0, 0, 0];
const MAGENTA = [255, 0, 255];

/** Of a film of 240 x 160 whose red quarter turns white at 1 s, 2 s long. */
const films: readonly [transformation: string, wanted: Wanted][] = [
  ['h-ih_div_4', { size: '60x40', points: [[0.5, 10, 10, RED]] }],
  [
    'w-100,h-100,c-maintain_ratio',
    {
      size: '100x100',
      points: [
        [0.5, 42, 42, RED],
        [0.5, 58, 58, SAND],
      ],
    },
  ],
  [
    'w-50,h-100,fo-right',
    {
      size: '50x100',
      points: [
        [0.5, 10, 10, GREEN],
        [0.5, 10, 90, SAND],
      ],
    },
  ],
  [
    'w-120,h-26,fo-top',
    {
      size: '120x26',
      points: [
        [0.5, 10, 20, RED],
        [0.5, 110, 20, GREEN],
      ],
    },
  ],
  [
    'w-120,h-26,fo-bottom',
    {
      size: '120x26',
      points: [
        [0.5, 10, 5, BLUE],
        [0.5, 110, 5, SAND],
      ],
    },
  ],
  [
    'w-60,h-60,cm-extract,fo-bottom_right',
    {
      size: '60x60',
      points: [
        [0.5, 5, 5, SAND],
        [0.5, 55, 55, SAND],
      ],
    },
  ],
  ['w-60,h-60,cm-extract,fo-top_right', { size: '60x60', points: [[0.5, 5, 5, GREEN]] }],
  ['w-60,h-60,cm-extract,fo-bottom_left', { size: '60x60', points: [[0.5, 5, 5, BLUE]] }],
  [
    'w-200,h-100,cm-pad_resize,fo-left,bg-FF00FF',
    {
      size: '200x100',
      points: [
        [0.5, 10, 10, RED],
        [0.5, 180, 50, MAGENTA],
      ],
    },
  ],
  [
    'w-200,h-100,cm-pad_resize,fo-right,bg-magenta',
    {
      size: '200x100',
      points: [
        [0.5, 30, 50, MAGENTA],
        [0.5, 190, 90, SAND],
      ],
    },
  ],
  [
    'w-100,h-100,cm-pad_resize,fo-bottom',
    {
      size: '100x100',
      points: [
        [0.5, 50, 8, BLACK],
        [0.5, 90, 90, SAND],
      ],
    },
  ],
  [
    'w-120,b-iw_div_24_FFFFFF',
    {
      size: '140x100',
      points: [
        [0.5, 4, 40, WHITE],
        [0.5, 25, 25, RED],
      ],
    },
  ],
  [
    'r-30_0_30_0',
    {
      points: [
        [0.5, 2, 2, BLACK],
        [0.5, 236, 4, GREEN],
        [0.5, 237, 157, BLACK],
        [0.5, 4, 155, BLUE],
      ],
    },
  ],
  ['rt-0', { size: '240x160', points: [[0.5, 20, 20, RED]] }],
  [
    'w-100,h-200,cm-pad_resize,bg-blurred_20_N100',
    {
      size: '100x200',
      points: [
        [0.5, 15, 10, [100, 0, 0]],
        [0.5, 20, 80, RED],
      ],
    },
  ],
  ['eo-1', { seconds: 1, points: [[0.5, 20, 20, RED]] }],
  [
    'so-0.5,eo-idu_sub_0.5',
    {
      seconds: 1,
      points: [
        [0.2, 20, 20, RED],
        [0.8, 20, 20, WHITE],
      ],
    },
  ],
  ['so-1,du-idu_div_4', { seconds: 0.5, points: [[0.2, 20, 20, WHITE]] }],
  ['vc-h264,ac-aac', { codecs: 'h264/aac', points: [[0.5, 20, 20, RED]] }],
  ['ac-opus', { codecs: 'vp9/opus', points: [[0.5, 20, 20, RED]] }],
  ['f-webm,vc-av1,ac-opus,w-120', { codecs: 'av1/opus', size: '120x80', points: [[0.5, 20, 20, RED]] }],
  // When both are said, where it ends wins over how long it is.
  [
    'l-image,i-ik_canvas,w-40,h-30,bg-FF00FF,lfo-bottom_right,lso-0.5,ldu-9,leo-1.25,l-end',
    {
      points: [
        [0.2, 230, 150, SAND],
        [0.8, 230, 150, MAGENTA],
        [1.6, 230, 150, SAND],
      ],
    },
  ],
  [
    'l-text,i-I,fs-120,co-FF00FF,lfo-center,lso-bdu_div_2,l-end',
    {
      points: [
        [0.5, 120, 80, SAND],
        [1.5, 120, 80, MAGENTA],
      ],
    },
  ],
];

type Framed = readonly [transformation: string, points: readonly Point[]];
/** Of a green film of 200 x 150. */
const FRAMED: Framed = [
  'w-100,h-100,cm-pad_resize,bg-C81E1E,b-10_283CBE',
  [
    [0.2, 4, 60, BLUE],
    [0.2, 60, 16, RED],
    [0.2, 60, 60, GREEN],
  ],
];
const ROUNDED: Framed = [
  'r-40,bg-C81E1E',
  [
    [0.2, 3, 3, RED],
    [0.2, 100, 75, GREEN],
  ],
];
const INSET: Framed = [
  'l-video,i-film.mp4,w-100,b-10_C81E1E,lx-0,ly-0,l-end',
  [
    [0.2, 5, 40, RED],
    [0.2, 180, 140, GREEN],
  ],
];

/** Of its stills: the same words as of a picture, at a second. */
const stills: readonly Row[] = [
  ['so-0.5,w-120', '120x80', [10, 10, RED], [110, 70, SAND]],
  ['so-1.5,w-120', '120x80', [10, 10, WHITE]],
  ['so-1.5,h-80,ar-1-1', '80x80', [10, 10, WHITE], [70, 70, SAND]],
  ['so-1.5,w-50,h-100,c-force', '50x100', [10, 20, WHITE], [40, 80, SAND]],
  ['so-1.5,w-400,h-400,c-at_max', '240x160', [10, 10, WHITE]],
  ['so-1.5,w-50,h-100,fo-right', '50x100', [10, 10, GREEN]],
  ['so-1.5,w-60,h-60,cm-extract,fo-top_left', '60x60', [50, 50, WHITE]],
  ['so-1.5,w-100,h-100,cm-pad_resize,bg-FF00FF', '100x100', [50, 4, MAGENTA], [10, 30, WHITE]],
  ['so-1.5,w-120,b-5_00FF00', '130x90', [2, 2, [0, 255, 0]], [12, 12, WHITE]],
  ['so-1.5,w-100,h-100,r-max', '100x100', [4, 4, CLEAR], [40, 30, WHITE]],
  ['so-1.5,rt-90', '160x240', [10, 10, BLUE], [150, 10, WHITE]],
  ['so-1.5,l-image,i-ik_canvas,w-40,h-30,bg-FF00FF,lx-0,ly-0,l-end', '240x160', [20, 15, MAGENTA], [60, 40, WHITE]],
];

describe('the grammar of films', function () {
  this.timeout(120_000);
  let server: TestServer;
  let client: ReturnType<typeof filmClient>;

  before(async function () {
    requireTool(this, 'ffmpeg');
    server = await startServer();
    client = filmClient(server);
    await client.add('film.mp4', quarterFilm({ width: 240, height: 160, seconds: 2, whiteFrom: 1 }));
  });
  after(() => server?.close());

  const framesOf = async (film: Buffer, points: readonly Point[], by = 14): Promise<void> => {
    const seconds = [...new Set(points.map(([second]) => second))];
    const frames = new Map(await Promise.all(seconds.map(async (second) => [second, await pictureOf(frameOfFilm(film, second))] as const)));
    for (const [second, x, y, colour] of points) {
      const found = frames.get(second)?.at(x, y) ?? [];
      expect(near(found, colour, by), `at ${second} s, ${x},${y}: ${found.join(' ')} for ${colour.join(' ')}`).to.equal(true);
    }
  };

  for (const [transformation, { size, codecs, seconds, points = [] }] of films) {
    it(transformation, async () => {
      const film = await client.film(`/cdn/film.mp4?tr=${transformation}`);
      const facts = factsOfFilm(film);
      if (size) expect(`${facts.width}x${facts.height}`).to.equal(size);
      if (codecs) expect(`${facts.video}/${facts.audio}`).to.equal(codecs);
      if (seconds) expect(facts.seconds).to.be.closeTo(seconds, 0.2);
      await framesOf(film, points);
    });
  }

  for (const [transformation, size, ...points] of stills) {
    it(`/ik-thumbnail.jpg?tr=${transformation}`, async () => {
      const picture = await pictureOf(await client.film(`/cdn/film.mp4/ik-thumbnail.jpg?tr=${transformation},f-png`));
      look(picture, size, points, 14);
    });
  }

  it('q makes a film smaller and less exact', async () => {
    const original = busyFilm(0.5);
    await client.add('busy.mp4', original);
    const source = await pictureOf(frameOfFilm(original, 0.2));
    const off = (a: Picture) => {
      let sum = 0;
      for (let y = 0; y < a.height; y += 3)
        for (let x = 0; x < a.width; x += 3) sum += Math.abs((a.at(x, y)[1] ?? 0) - (source.at(x, y)[1] ?? 0));
      return sum;
    };
    const [low, high] = await Promise.all(['q-5', 'q-95'].map((q) => client.film(`/cdn/busy.mp4?tr=${q}`)));
    if (!low || !high) throw new Error('two films');
    expect(low.length).to.be.lessThan(high.length / 2);
    const [far, close] = await Promise.all([low, high].map(async (film) => off(await pictureOf(frameOfFilm(film, 0.2)))));
    expect(far).to.be.greaterThan((close ?? 0) * 1.5);
  });

  it('areas around a film have the colour that was asked for, whatever the colours of the film stand by', async () => {
    for (const [matrix, rows] of [
      ['', [FRAMED]],
      ['bt709', [FRAMED, ROUNDED, INSET]],
    ] as const) {
      const name = `plain${matrix}.mp4`;
      await client.add(name, plainFilm({ colour: '1EA03C', width: 200, height: 150, seconds: 0.5, matrix }));
      for (const [transformation, points] of rows) await framesOf(await client.film(`/cdn/${name}?tr=${transformation}`), points, 8);
    }
  });

  it('sr has a rung for each height, in its own box and with its own bound', async () => {
    await client.add('large.mp4', plainFilm({ colour: '1EA03C', width: 3840, height: 2160, seconds: 0.1 }));
    const target = '/cdn/large.mp4/ik-master.m3u8?tr=sr-240_360_480_720_1080_1440_2160';
    const master = await (await client.made(target)).text();
    const rungs = [...master.matchAll(/RESOLUTION=(\d+x\d+)[^\n]*\n(\S+)/g)].map(([, size = '', path = '']) => [size, path] as const);
    expect(rungs.map(([size]) => size)).to.deep.equal(['426x240', '640x360', '854x480', '1280x720', '1920x1080', '2560x1440', '3840x2160']);
    const bounds = [...master.matchAll(/[:,]BANDWIDTH=(\d+)/g)].map(([, bits]) => Number(bits));
    expect(bounds).to.deep.equal(bounds.toSorted((a, b) => a - b));
    for (const [size, path] of rungs) {
      const base = path.slice(0, -'.m3u8'.length);
      const film = Buffer.concat(await Promise.all(['-init.mp4', '-0.m4s'].map((part) => client.film(base + part))));
      const picture = await pictureOf(frameOfFilm(film, 0));
      expect(`${picture.width}x${picture.height}`).to.equal(size);
      expect(near(picture.at(picture.width / 2, picture.height / 2), GREEN, 14), size).to.equal(true);
    }
  });
});
