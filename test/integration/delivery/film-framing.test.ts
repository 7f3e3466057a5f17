import { expect } from 'chai';
import { filmClient } from '../../support/film-client.ts';
import { factsOfFilm, frameOfFilm, quarterFilm } from '../../support/fixtures/films.ts';
import { near, pictureOf, QUADRANTS } from '../../support/fixtures/pixels.ts';
import { eventually, startServer, type TestServer } from '../../support/harness.ts';
import { requireTool } from '../../support/tools.ts';

/** Focal point and crop of a film: films, ladders, films in films, and stills at any second. Four coloured quarters, 400 x 300. */

const { topLeft: RED, topRight: GREEN, bottomLeft: BLUE, bottomRight: SAND } = QUADRANTS;

describe('focal point and crop of films', function () {
  this.timeout(120_000);
  let server: TestServer;
  let client: ReturnType<typeof filmClient>;
  let id: string;

  /** Changes it, and waits until delivery has heard of it. */
  async function mark(patch: Record<string, unknown>): Promise<void> {
    const etag = async () => (await server.raw('/cdn/film.mp4/ik-thumbnail.jpg?tr=w-31,h-93,fo-custom')).headers.get('etag');
    const [before, asset] = await Promise.all([etag(), server.api(`/api/v1/assets/${id}`)]);
    const { rowVersion } = (await asset.json()) as { rowVersion: number };
    const headers = { 'Content-Type': 'application/json', 'If-Match': `"${rowVersion}"` };
    const answer = await server.api(`/api/v1/assets/${id}`, { method: 'PATCH', headers, body: JSON.stringify(patch) });
    expect(answer.status).to.equal(200);
    await eventually(async () => (await etag()) !== before, { what: 'another cut' });
  }

  async function look(target: string, size: string, ...points: [x: number, y: number, colour: readonly number[]][]): Promise<void> {
    const film = await client.film(target);
    const { width, height } = factsOfFilm(film);
    expect(`${width}x${height}`, target).to.equal(size);
    await show(target, frameOfFilm(film, 1), points);
  }

  async function show(target: string, bytes: Buffer, points: [x: number, y: number, colour: readonly number[]][]): Promise<void> {
    const picture = await pictureOf(bytes);
    for (const [x, y, colour] of points)
      expect(near(picture.at(x, y), colour, 16), `${target} at ${x}, ${y}: ${picture.at(x, y)}`).to.equal(true);
  }

  before(async function () {
    requireTool(this, 'ffmpeg');
    server = await startServer();
    client = filmClient(server);
    id = await client.add('film.mp4', quarterFilm({ seconds: 3 }));
    await client.add('base.mp4', quarterFilm({ seconds: 2, sound: false }));
  });
  after(() => server?.close());

  it('decide where a film is cut, and only where that is asked for', async () => {
    const asking = '/cdn/film.mp4?tr=w-100,h-150,fo-custom,ac-none';
    const other = '/cdn/film.mp4?tr=w-100,h-150,ac-none';
    await look(asking, '100x150', [10, 10, RED], [90, 10, GREEN]);
    const before = (await client.made(other)).headers.get('etag');
    await mark({ focalPoint: { x: 1, y: 0.5 } });
    await look(asking, '100x150', [10, 10, GREEN], [90, 140, SAND]);
    await look('/cdn/film.mp4?tr=w-100,h-150,fo-auto-custom_override,ac-none', '100x150', [10, 10, GREEN]);
    expect((await client.made(other)).headers.get('etag')).to.equal(before);
    await mark({ customCoordinates: '0,150,200,150' });
    await look('/cdn/film.mp4?tr=w-100,h-74,fo-custom,ac-none', '100x74', [2, 2, BLUE], [97, 72, BLUE]);
    await look('/cdn/film.mp4?tr=cm-extract,fo-custom,ac-none', '200x150', [2, 2, BLUE], [197, 147, BLUE]);
    const pinned = await client.made('/cdn/film.mp4?tr=w-100,h-74,fo-custom,ac-none&ik-obj-version=1');
    expect(pinned.headers.get('cache-control')).not.to.contain('immutable');
  });

  it('hold for films in films and for stills at any second', async () => {
    await look(
      '/cdn/base.mp4?tr=l-video,i-film.mp4,w-100,h-74,fo-custom,lx-300,ly-0,l-end',
      '400x300',
      [305, 5, BLUE],
      [395, 68, BLUE],
      [290, 20, GREEN],
    );
    for (const at of ['', 'so-2,']) {
      const target = `/cdn/film.mp4/ik-thumbnail.jpg?tr=${at}w-100,h-75,fo-custom`;
      const still = await client.film(target);
      await show(target, still, [
        [2, 2, BLUE],
        [97, 72, BLUE],
      ]);
    }
    const middle = await client.film('/cdn/film.mp4/ik-thumbnail.jpg?tr=so-2,w-100,h-75');
    await show('without', middle, [
      [2, 2, RED],
      [97, 72, SAND],
    ]);
  });
});
