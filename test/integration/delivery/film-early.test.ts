import { expect } from 'chai';
import { filmClient } from '../../support/film-client.ts';
import { factsOfFilm, frameOfFilm, quarterFilm } from '../../support/fixtures/films.ts';
import { near, pictureOf, QUADRANTS } from '../../support/fixtures/pixels.ts';
import { eventually, startServer, type TestServer } from '../../support/harness.ts';
import { requireTool } from '../../support/tools.ts';

/** Films that are asked for while ingest still works on the file. */

describe('films of files that are not ready', function () {
  this.timeout(120_000);
  let server: TestServer;
  let client: ReturnType<typeof filmClient>;
  let release: () => void = () => undefined;

  before(async function () {
    requireTool(this, 'ffmpeg');
    server = await startServer();
    client = filmClient(server);
    const { media } = server.container;
    const clip = media.clip;
    const gate = new Promise<void>((done) => {
      release = done;
    });
    media.clip = async (...args) => {
      await gate;
      return clip(...args);
    };
  });
  after(async () => {
    release();
    await server?.close();
  });

  const statusOf = async (id: string) => ((await (await server.api(`/api/v1/assets/${id}`)).json()) as { status: string }).status;

  it('are made as soon as its streams are known, and do not wait for the web clip', async () => {
    const id = await client.upload('early.mp4', quarterFilm({ seconds: 2 }));
    expect((await client.post(`/api/v1/assets/${id}/publish`)).status).to.be.below(300);
    const film = await client.film('/cdn/early.mp4?tr=w-200');
    const { status, preview } = (await (await server.api(`/api/v1/assets/${id}`)).json()) as { status: string; preview: unknown };
    expect(status, JSON.stringify(preview)).to.equal('processing');
    expect(factsOfFilm(film)).to.include({ width: 200, height: 150, video: 'h264' });
    expect(near((await pictureOf(frameOfFilm(film, 1))).at(50, 40), QUADRANTS.topLeft, 14)).to.equal(true);
    const master = await (await client.made('/cdn/early.mp4/ik-master.m3u8?tr=sr-240')).text();
    expect(master).to.contain('RESOLUTION=320x240');
    release();
    await eventually(async () => (await statusOf(id)) === 'ready', { ms: 60_000 });
    const again = await server.raw('/cdn/early.mp4?tr=w-200');
    expect(again.status).to.equal(200);
    expect(Buffer.from(await again.arrayBuffer()).equals(film), 'the same film, not made anew').to.equal(true);
  });
});
