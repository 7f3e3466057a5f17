import { buildSrc } from '@imagekit/javascript';
import { expect } from 'chai';
import sharp from 'sharp';
import { filmClient } from '../../support/film-client.ts';
import { factsOfFilm, frameOfFilm, plainFilm, quarterFilm } from '../../support/fixtures/films.ts';
import { near, type Picture, pictureOf, QUADRANTS } from '../../support/fixtures/pixels.ts';
import { startServer, type TestServer } from '../../support/harness.ts';
import { requireTool } from '../../support/tools.ts';

/** Films and subtitles laid over films, from the upload to decoded frames. */

const GREY = [128, 128, 128];
const RED = [255, 0, 0];
const MAGENTA = [255, 0, 255];

/** One cue from 1 s to 2 s; then one that tries to paint the whole picture. */
const SRT = `1
00:00:01,000 --> 00:00:02,000
<b>Sour</b> cherries
and plums

2
00:00:03,000 --> 00:00:04,000
{\\an8}{\\p1}m 0 0 l 400 0 400 300 0 300{\\p0} \\{\\p1\\}m 0 0 l 400 0 400 300 0 300
`;
const VTT = `WEBVTT - jam

NOTE nobody reads this

STYLE
::cue { color: red }

intro
01.000 --> 02.000 line:0 align:start
<v Mirabelle>Sour &amp; sweet</v>
`.replaceAll(/(\d\d\.\d{3})/g, '00:$1');

/** Share of the pixels of an area that have this colour. */
function share(picture: Picture, colour: readonly number[], area: { left: number; top: number; width: number; height: number }): number {
  let count = 0;
  for (let y = 0; y < area.height; y++) {
    for (let x = 0; x < area.width; x++) if (near(picture.at(area.left + x, area.top + y), colour, 40)) count += 1;
  }
  return count / (area.width * area.height);
}
const BOTTOM = { left: 100, top: 220, width: 200, height: 75 };
const TOP = { left: 0, top: 0, width: 400, height: 150 };

describe('films and subtitles over films', function () {
  this.timeout(120_000);
  let server: TestServer;
  let client: ReturnType<typeof filmClient>;
  const frame = async (target: string, second: number) => pictureOf(frameOfFilm(await client.film(target), second));

  before(async function () {
    requireTool(this, 'ffmpeg');
    server = await startServer();
    client = filmClient(server);
    await client.add('grey.mp4', plainFilm({ seconds: 5 }));
    await client.add('film.mp4', quarterFilm({ seconds: 4 }));
    await client.add('inset.mp4', plainFilm({ colour: 'FF00FF', seconds: 2 }));
    await client.add('later.mp4', quarterFilm({ width: 80, height: 60, seconds: 3, sound: true, whiteFrom: 1 }));
    await client.add('jam.srt', Buffer.from(SRT));
    await client.add('jam.vtt', Buffer.from(VTT));
    await client.add('secret.srt', Buffer.from(SRT), { publish: false });
    await client.add('none.txt', Buffer.from('Dear diary, today it rained.'));
    await client.add('long.srt', Buffer.from(SRT + ' '.repeat(2 ** 21)));
    await client.add(
      'logo.png',
      await sharp({ create: { width: 4, height: 4, channels: 3, background: '#00ff00' } })
        .png()
        .toBuffer(),
    );
  });
  after(() => server?.close());

  describe('subtitles', () => {
    const boxed = 'l-subtitles,i-jam.srt,bg-FF0000,co-0000FF,fs-30,l-end';

    it('burns them in at their times, at the bottom, in letters and background as asked for', async () => {
      const film = await client.film(`/cdn/grey.mp4?tr=${boxed}`);
      const [before, during, after] = await Promise.all([0.5, 1.5, 2.5].map(async (at) => pictureOf(frameOfFilm(film, at))));
      expect(share(before as Picture, GREY, BOTTOM)).to.equal(1);
      expect(share(during as Picture, RED, BOTTOM)).to.be.within(0.3, 0.95);
      expect(share(during as Picture, [0, 0, 255], BOTTOM)).to.be.above(0.03);
      expect(share(during as Picture, GREY, TOP)).to.equal(1);
      expect(share(after as Picture, GREY, BOTTOM)).to.equal(1);
    });

    it('never obeys what stands in a file: a text is a text', async () => {
      const picture = await frame(`/cdn/grey.mp4?tr=${boxed}`, 3.5);
      expect(share(picture, GREY, TOP)).to.equal(1);
      expect(share(picture, RED, BOTTOM)).to.be.above(0.3);
    });

    it('keeps the times of the whole film when a part is cut out, and those of the layer', async () => {
      const cut = `/cdn/grey.mp4?tr=so-1,du-2,${boxed}`;
      expect(share(await frame(cut, 0.5), RED, BOTTOM)).to.be.above(0.3);
      expect(share(await frame(cut, 1.5), GREY, BOTTOM)).to.equal(1);
      const timed = `/cdn/grey.mp4?tr=l-subtitles,i-jam.srt,bg-FF0000,fs-30,lso-1.5,l-end`;
      expect(share(await frame(timed, 1.2), GREY, BOTTOM)).to.equal(1);
      expect(share(await frame(timed, 1.8), RED, BOTTOM)).to.be.above(0.3);
    });

    it('reads WebVTT, and knows the names other SDKs have', async () => {
      const film = '/cdn/grey.mp4?tr=l-subtitle,i-jam.vtt,bg-FF0000,color-0000FF,fs-30,l-end';
      const picture = await frame(film, 1.5);
      expect(share(picture, RED, BOTTOM)).to.be.above(0.2);
      expect(share(picture, [0, 0, 255], BOTTOM)).to.be.above(0.01);
    });

    it('draws outlines and shadows, other typefaces and sizes, and on what was resized before', async () => {
      const outlined = await frame('/cdn/grey.mp4?tr=l-subtitles,i-jam.srt,fs-40,ff-Lobster,tg-b_i,fol-5_FF0000,l-end', 1.5);
      expect(share(outlined, RED, BOTTOM)).to.be.above(0.1);
      expect(share(outlined, [255, 255, 255], BOTTOM)).to.be.above(0.03);
      const shaded = await frame('/cdn/grey.mp4?tr=l-subtitles,i-jam.srt,fs-40,fsh-FF00FF_6,l-end', 1.5);
      expect(share(shaded, MAGENTA, BOTTOM)).to.be.above(0.02);
      const plain = await frame('/cdn/grey.mp4?tr=w-200,l-subtitles,i-jam.srt,l-end', 1.5);
      expect([plain.width, share(plain, GREY, { left: 0, top: 0, width: 200, height: 100 })]).to.deep.equal([200, 1]);
      // Bright letters with a dark edge, where nothing was said.
      const low = { left: 40, top: 105, width: 120, height: 40 };
      expect(share(plain, [255, 255, 255], low)).to.be.above(0.01);
      expect(share(plain, [0, 0, 0], low)).to.be.above(0.01);
    });

    it('burns them into every rung of a ladder', async () => {
      const master = await (await client.made(`/cdn/grey.mp4/ik-master.m3u8?tr=sr-240,${boxed}`)).text();
      const base = /^(.*\/)240\.m3u8$/m.exec(master)?.[1] ?? '';
      const parts = await Promise.all(['240-init.mp4', '240-0.m4s'].map((name) => client.film(base + name)));
      const picture = await pictureOf(frameOfFilm(Buffer.concat(parts), 1.5));
      expect(share(picture, RED, { left: 80, top: 176, width: 160, height: 60 })).to.be.above(0.3);
    });

    const refusals: readonly [target: string, status: number, code: string][] = [
      ['grey.mp4?tr=l-subtitles,i-secret.srt,l-end', 404, 'ENOENT'],
      ['grey.mp4?tr=l-subtitles,i-nothing.srt,l-end', 404, 'ENOENT'],
      ['grey.mp4?tr=l-subtitles,l-end', 400, 'EPARAM'],
      ['grey.mp4?tr=l-subtitles,i-logo.png,l-end', 422, 'EDECODE'],
      ['grey.mp4?tr=l-subtitles,i-none.txt,l-end', 422, 'EDECODE'],
      ['grey.mp4?tr=l-subtitles,i-long.srt,l-end', 422, 'ELIMIT'],
      ['grey.mp4?tr=l-subtitles,i-jam.srt,fol-x_red,l-end', 400, 'EPARAM'],
      ['grey.mp4?tr=l-subtitles,i-jam.srt,fsh-red,l-end', 400, 'EPARAM'],
      ['grey.mp4?tr=l-subtitles,i-jam.srt,ff-Nothing,l-end', 400, 'EPARAM'],
      ['grey.mp4?tr=l-subtitles,i-jam.srt,w-100,l-end', 400, 'EUNSUPPORTED'],
      ['grey.mp4?tr=l-image,i-logo.png,l-subtitles,i-jam.srt,l-end,l-end', 400, 'EUNSUPPORTED'],
      ['logo.png?tr=l-subtitles,i-jam.srt,l-end', 400, 'EUNSUPPORTED'],
      ['grey.mp4/ik-thumbnail.jpg?tr=l-subtitles,i-jam.srt,l-end', 400, 'EUNSUPPORTED'],
    ];
    for (const [target, status, code] of refusals) {
      it(`refuses ${target}`, async () => expect(await client.refused(`/cdn/${target}`)).to.deep.equal([status, code]));
    }
  });

  describe('films', () => {
    it('lays a film over a film, at its place, until it ends, with the sound and the length of the one below', async () => {
      const film = await client.film('/cdn/film.mp4?tr=l-video,i-inset.mp4,w-100,h-60,lx-20,ly-N10,l-end');
      const facts = factsOfFilm(film);
      expect([facts.width, facts.height, facts.audio]).to.deep.equal([400, 300, 'aac']);
      expect(facts.seconds).to.be.closeTo(4, 0.2);
      const [early, late] = await Promise.all([1, 3].map(async (at) => pictureOf(frameOfFilm(film, at))));
      expect(share(early as Picture, MAGENTA, { left: 22, top: 232, width: 96, height: 56 })).to.equal(1);
      expect(near((early as Picture).at(124, 260), QUADRANTS.bottomLeft, 14)).to.equal(true);
      expect(near((early as Picture).at(60, 226), QUADRANTS.bottomLeft, 14)).to.equal(true);
      expect(near((late as Picture).at(60, 260), QUADRANTS.bottomLeft, 14)).to.equal(true);
    });

    it('begins it when it is first seen, at the second that was asked for', async () => {
      // Its top left quarter turns white a second in: at 2.5 s of the film below, half a second after that.
      const film = await client.film('/cdn/film.mp4?tr=l-video,i-later.mp4,so-0.5,du-2,lso-2,lfo-top_left,l-end');
      const colours = await Promise.all([1.5, 2.3, 2.8].map(async (at) => (await pictureOf(frameOfFilm(film, at))).at(20, 40)));
      expect(near(colours[0] ?? [], QUADRANTS.topLeft, 14)).to.equal(true);
      const bottom = await Promise.all([1.5, 2.3].map(async (at) => (await pictureOf(frameOfFilm(film, at))).at(60, 20)));
      expect(near(bottom[0] ?? [], QUADRANTS.topLeft, 14)).to.equal(true);
      expect(near(bottom[1] ?? [], QUADRANTS.topRight, 20)).to.equal(true);
      const white = await pictureOf(frameOfFilm(film, 2.8));
      expect(near(white.at(20, 15), [255, 255, 255], 14)).to.equal(true);
      const ended = await client.film('/cdn/film.mp4?tr=l-video,i-later.mp4,lfo-top_left,leo-1,l-end');
      expect(near((await pictureOf(frameOfFilm(ended, 2))).at(60, 20), QUADRANTS.topLeft, 14)).to.equal(true);
    });

    it('turns it, cuts it, gives it a border and round corners through which the film below is seen', async () => {
      const film = '/cdn/film.mp4?tr=l-video,i-inset.mp4,w-100,h-100,r-max,lx-200,ly-0,l-end';
      const picture = await frame(film, 1);
      expect(near(picture.at(250, 50), MAGENTA, 14)).to.equal(true);
      for (const [x, y] of [
        [203, 3],
        [297, 3],
        [203, 97],
        [297, 97],
      ] as const) {
        expect(near(picture.at(x, y), QUADRANTS.topRight, 24), `${x},${y}: ${picture.at(x, y).join(' ')}`).to.equal(true);
      }
      const framed = await frame('/cdn/film.mp4?tr=l-video,i-film.mp4,w-80,h-60,rt-90,b-10_FFFFFF,lxc-200,lyc-150,l-end', 1);
      // Turned: 60 wide and 80 high, with a border of 10.
      expect(near(framed.at(164, 150), [255, 255, 255], 14)).to.equal(true);
      expect(near(framed.at(185, 125), QUADRANTS.bottomLeft, 20), framed.at(185, 125).join(' ')).to.equal(true);
      expect(near(framed.at(215, 175), QUADRANTS.topRight, 20), framed.at(215, 175).join(' ')).to.equal(true);
    });

    it('has its size to the pixel, also an odd one, with corners and with a border', async () => {
      const round = await frame('/cdn/film.mp4?tr=l-video,i-inset.mp4,w-101,h-101,r-max,lx-200,ly-0,l-end', 1);
      for (const [x, y] of [
        [250, 3],
        [250, 98],
        [203, 50],
        [298, 50],
      ] as const)
        expect(near(round.at(x, y), MAGENTA, 24), `${x},${y}: ${round.at(x, y).join(' ')}`).to.equal(true);
      expect(near(round.at(203, 3), QUADRANTS.topRight, 24), round.at(203, 3).join(' ')).to.equal(true);
      const framed = await frame('/cdn/film.mp4?tr=l-video,i-inset.mp4,w-81,h-61,c-force,b-11_FFFFFF,r-20,lx-0,ly-0,l-end', 1);
      const expected: readonly (readonly [number, number, readonly number[]])[] = [
        [5, 41, [255, 255, 255]],
        [97, 41, [255, 255, 255]],
        [50, 77, [255, 255, 255]],
        [50, 88, QUADRANTS.topLeft],
        [15, 15, MAGENTA],
        [87, 67, MAGENTA],
        [1, 1, QUADRANTS.topLeft],
      ];
      for (const [x, y, colour] of expected)
        expect(near(framed.at(x, y), colour, 24), `${x},${y}: ${framed.at(x, y).join(' ')}`).to.equal(true);
    });

    it('keeps the colours of films and pictures that are written down differently', async () => {
      const red = 'C81E1E';
      await client.add('today.mp4', plainFilm({ colour: '1EA03C', matrix: 'bt709' }));
      await client.add('red709.mp4', plainFilm({ colour: red, matrix: 'bt709' }));
      await client.add('red601.mp4', plainFilm({ colour: red }));
      const inset = (name: string) => `l-video,i-${name}.mp4,w-100,h-100,lx-0,ly-0,l-end`;
      for (const [base, layer] of [
        ['today', inset('red601')],
        ['film', inset('red709')],
        ['today', `l-image,i-ik_canvas,w-100,h-100,bg-${red},lx-0,ly-0,l-end`],
      ] as const) {
        const picture = await frame(`/cdn/${base}.mp4?tr=${layer}`, 0.5);
        expect(near(picture.at(50, 50), QUADRANTS.topLeft, 8), `${layer} on ${base}: ${picture.at(50, 50).join(' ')}`).to.equal(true);
        expect(near(picture.at(300, 50), QUADRANTS.topRight, 8), `${base}: ${picture.at(300, 50).join(' ')}`).to.equal(true);
      }
      const padded = await frame(`/cdn/today.mp4?tr=w-200,h-200,cm-pad_resize,bg-${red}`, 0.5);
      expect(near(padded.at(100, 12), QUADRANTS.topLeft, 8), `the padding: ${padded.at(100, 12).join(' ')}`).to.equal(true);
      expect(near(padded.at(100, 100), QUADRANTS.topRight, 8), `what is padded: ${padded.at(100, 100).join(' ')}`).to.equal(true);
    });

    it('lays several over each other, with pictures on them, also in a ladder', async () => {
      const layers =
        'l-video,i-inset.mp4,w-200,h-150,lx-0,ly-0,l-image,i-logo.png,w-100,h-50,t-false,lx-0,ly-0,l-end,l-end,l-video,i-later.mp4,w-80,lx-200,ly-150,l-end';
      const expected = async (film: Buffer, scale: number) => {
        const picture = await pictureOf(frameOfFilm(film, 0.5));
        const at = (x: number, y: number) => picture.at(x * scale, y * scale);
        expect(near(at(50, 25), [0, 255, 0], 30), at(50, 25).join(' ')).to.equal(true);
        expect(near(at(50, 100), MAGENTA, 14), at(50, 100).join(' ')).to.equal(true);
        expect(near(at(220, 165), QUADRANTS.topLeft, 24), at(220, 165).join(' ')).to.equal(true);
        expect(near(at(350, 250), QUADRANTS.bottomRight, 14)).to.equal(true);
      };
      await expected(await client.film(`/cdn/film.mp4?tr=${layers}`), 1);
      const master = await (await client.made(`/cdn/film.mp4/ik-master.m3u8?tr=sr-240,${layers}`)).text();
      const base = /^(.*\/)240\.m3u8$/m.exec(master)?.[1] ?? '';
      const parts = await Promise.all(['240-init.mp4', '240-0.m4s'].map((name) => client.film(base + name)));
      await expected(Buffer.concat(parts), 0.8);
    });

    it('shows what lies on the film above at its times, counted from where that one begins', async () => {
      const logo = 'l-image,i-logo.png,w-100,h-50,t-false,lx-0,ly-0,lso-0.5,ldu-0.5,l-end';
      const film = await client.film(`/cdn/film.mp4?tr=l-video,i-inset.mp4,w-200,h-150,lx-0,ly-0,lso-1,${logo},l-end`);
      for (const [second, colour] of [
        [0.7, QUADRANTS.topLeft],
        [1.2, MAGENTA],
        [1.8, [0, 255, 0]],
        [2.5, MAGENTA],
      ] as const) {
        const seen = (await pictureOf(frameOfFilm(film, second))).at(50, 25);
        expect(near(seen, colour, 30), `${second} s: ${seen.join(' ')}`).to.equal(true);
      }
    });

    it('understands what an SDK writes for both', async () => {
      const built = (src: string, overlay: object) => {
        const url = buildSrc({ urlEndpoint: `${server.url}/cdn`, src, transformation: [{ width: 300, overlay }] } as Parameters<
          typeof buildSrc
        >[0]);
        return url.slice(server.url.length);
      };
      const words = [
        {
          fontSize: 30,
          background: 'FF0000',
          color: '0000FF',
          fontFamily: 'Lora',
          typography: 'b',
          fontOutline: '1_FFFFFF',
          fontShadow: '000000_2',
        },
      ];
      const said = await frame(
        built('/grey.mp4', { type: 'subtitle', input: '/jam.srt', transformation: words, timing: { start: 1, end: 3 } }),
        1.5,
      );
      expect(said.width).to.equal(300);
      expect(share(said, RED, { left: 75, top: 160, width: 150, height: 60 })).to.be.above(0.3);
      const look = [{ width: 100, height: 60, startOffset: 0.5, duration: 1, radius: 5, border: '4_FFFFFF', rotation: 90 }];
      const timing = { start: 'bdu_div_4', duration: 2 };
      const film = await client.film(
        built('/film.mp4', { type: 'video', input: '/inset.mp4', transformation: look, position: { x: 10, y: 'N10' }, timing }),
      );
      const seen = async (second: number) => (await pictureOf(frameOfFilm(film, second))).at(44, 160);
      expect(near(await seen(0.5), QUADRANTS.bottomLeft, 14)).to.equal(true);
      expect(near(await seen(1.5), MAGENTA, 14), (await seen(1.5)).join(' ')).to.equal(true);
      // It began at 1 s and is a second long.
      expect(near(await seen(2.5), QUADRANTS.bottomLeft, 14)).to.equal(true);
    });

    const refusals: readonly [target: string, status: number, code: string][] = [
      ['film.mp4?tr=l-video,i-nothing.mp4,l-end', 404, 'ENOENT'],
      ['film.mp4?tr=l-video,i-logo.png,l-end', 422, 'EDECODE'],
      ['film.mp4?tr=l-video,i-inset.mp4,so-3,l-end', 400, 'EPARAM'],
      ['film.mp4?tr=l-video,i-inset.mp4,lso-2,leo-1,l-end', 400, 'EPARAM'],
      ['film.mp4?tr=l-video,i-inset.mp4,e-sharpen,l-end', 400, 'EUNSUPPORTED'],
      ['film.mp4?tr=l-video,i-inset.mp4,lm-multiply,l-end', 400, 'EUNSUPPORTED'],
      ['film.mp4?tr=l-video,i-inset.mp4,w-9000,h-9000,l-end', 422, 'ELIMIT'],
      ['film.mp4?tr=l-video,i-inset.mp4,w-16384,h-506,cm-pad_resize,bg-blurred,l-end', 422, 'ELIMIT'],
      ['film.mp4?tr=l-video,i-inset.mp4,l-video,i-inset.mp4,l-end,l-end', 400, 'EUNSUPPORTED'],
      ['logo.png?tr=l-video,i-inset.mp4,l-end', 400, 'EUNSUPPORTED'],
    ];
    for (const [target, status, code] of refusals) {
      it(`refuses ${target}`, async () => expect(await client.refused(`/cdn/${target}`)).to.deep.equal([status, code]));
    }
  });
});
