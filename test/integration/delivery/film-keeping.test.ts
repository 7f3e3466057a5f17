import { expect } from 'chai';
import { systemContext } from '../../../src/context.ts';
import { FilmsRepository } from '../../../src/modules/library/delivery/films.repository.ts';
import { FilmsService } from '../../../src/modules/library/delivery/films.service.ts';
import { sweepFilms } from '../../../src/modules/library/delivery/films.sweep.ts';
import { filmClient } from '../../support/film-client.ts';
import { busyFilm, factsOfFilm, quarterFilm } from '../../support/fixtures/films.ts';
import { eventually, startServer, type TestServer } from '../../support/harness.ts';
import { requireTool } from '../../support/tools.ts';

/** How long films are kept, which are made before anybody asks, and what caches and thrifty clients are told. */

const DAY = 24 * 3_600_000;
type Row = { id: string; make: { make: string; rungs?: { name: string }[] }; state: string };

describe('films that are kept', function () {
  this.timeout(120_000);
  let server: TestServer;
  let client: ReturnType<typeof filmClient>;
  let id: string;

  const rows = (asset: string) =>
    server.container.database.sql.query<Row>({}, `select id, make, state from film where asset_id = $1 order by created_at`, [asset]);
  const pieces = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const { key } of server.container.storage.list('derived/')) if (/-(film|240-|audio-)/.test(key)) found.push(key);
    return found;
  };
  const sweepAt = (days: number, keepDays = 90) => {
    const { database, storage } = server.container;
    const { dataSource, transactions } = database;
    const now = new Date(Date.now() + days * DAY);
    const deps = { repository: new FilmsRepository(dataSource), transactions, storage, keepDays };
    return sweepFilms(deps, { ...systemContext(''), clock: { now: () => now } });
  };

  before(async function () {
    requireTool(this, 'ffmpeg');
    const env = { FILM_LADDER_AHEAD: '240_360', DELIVERY_SAVE_DATA: 'on', CDN_PURGE_URL: 'http://127.0.0.1:9/purge' };
    server = await startServer({ env });
    client = filmClient(server);
    id = await client.add('film.mp4', quarterFilm({ seconds: 3, width: 640, height: 480 }));
  });
  after(() => server?.close());

  it('have their ladder before anybody asks, where that is set, and it is the one an address means', async () => {
    const [row] = await eventually(
      async () => {
        const found = await rows(id);
        return found.some(({ state }) => state === 'ready') && found;
      },
      { ms: 60_000 },
    );
    expect(row?.make.rungs?.map(({ name }) => name)).to.deep.equal(['240', '360']);
    const first = await server.raw('/cdn/film.mp4/ik-master.m3u8?tr=sr-240_360');
    expect([first.status, first.headers.get('damson-progress')]).to.deep.equal([200, '1.00']);
    expect(await rows(id)).to.have.length(1);
  });

  it('are smaller for clients that save data, and answers say so', async () => {
    await client.add('busy.mp4', busyFilm());
    const ask = (query: string, more: Record<string, string> = {}) =>
      client.made(`/cdn/busy.mp4?tr=w-320,ac-none${query}`, { Accept: '*/*', ...more });
    const [plain, thrifty] = [await ask(''), await ask('', { 'Save-Data': 'on' })];
    expect([plain.headers.get('vary'), thrifty.headers.get('vary')]).to.deep.equal(['Accept, Save-Data', 'Accept, Save-Data']);
    const [large, small] = await Promise.all([plain, thrifty].map(async (answer) => Buffer.from(await answer.arrayBuffer())));
    expect(small?.length).to.be.below((large?.length ?? 0) * 0.9);
    expect(factsOfFilm(small ?? Buffer.alloc(0))).to.include({ width: 320, video: 'h264' });
    const named = await ask(',q-50,f-mp4', { 'Save-Data': 'on' });
    expect(named.headers.get('vary')).to.equal(null);
    expect(named.headers.get('etag')).to.equal(plain.headers.get('etag'));
  });

  it('may stay for a year with a CDN that is told of changes, where the version is named', async () => {
    const pinned = await client.made('/cdn/film.mp4?tr=w-320,ac-none,q-50&ik-obj-version=1');
    expect(pinned.headers.get('surrogate-control')).to.equal('max-age=31536000');
    expect((await client.made('/cdn/film.mp4?tr=w-320,ac-none,q-50')).headers.get('surrogate-control')).to.equal(null);
  });

  it('go when nobody asked for so long, with every piece, and come back when somebody does', async () => {
    const target = '/cdn/film.mp4?tr=w-320,ac-none,q-50,f-mp4';
    const before = await client.film(target);
    expect(await sweepAt(89)).to.equal(0);
    expect(await sweepAt(400, 0)).to.equal(0);
    expect(await pieces()).not.to.deep.equal([]);
    const count = (await rows(id)).length;
    expect(await sweepAt(91)).to.be.at.least(count);
    expect([await rows(id), await pieces()]).to.deep.equal([[], []]);
    expect(await sweepAt(91)).to.equal(0);
    // A moment long this process still believes in it; then, or with the first missing piece, it is made anew.
    const again = await client.film(target);
    expect(factsOfFilm(again)).to.deep.equal(factsOfFilm(before));
    expect((await rows(id)).map(({ state }) => state)).to.deep.equal(['ready']);
  });

  it('stay while people ask for them, however old they are', async () => {
    const { sql, dataSource, transactions } = server.container.database;
    await sql.query({}, `update film set asked_at = now() - interval '100 days'`);
    const [film] = await rows(id);
    // As a process that knows nothing of it yet; this one believes what it knows for a minute.
    const films = new FilmsService({ repository: new FilmsRepository(dataSource), transactions } as ConstructorParameters<
      typeof FilmsService
    >[0]);
    expect(await films.find(server.ctx, film?.id ?? '')).to.include({ state: 'ready' });
    expect(await sweepAt(0)).to.equal(0);
    expect(await rows(id)).to.have.length(1);
  });

  it('are made anew when a piece of a ladder is lost', async () => {
    const before = new Set(await pieces());
    await client.add('other.mp4', quarterFilm({ seconds: 1 }));
    const master = await (await client.made('/cdn/other.mp4/ik-master.m3u8?tr=sr-240')).text();
    const base = /^(.*\/)240\.m3u8$/m.exec(master)?.[1] ?? '';
    await eventually(async () => (await server.raw('/cdn/other.mp4/ik-master.m3u8?tr=sr-240')).headers.get('damson-progress') === '1.00', {
      ms: 60_000,
    });
    // Of the ladder made ahead too, which has the same rung.
    const lost = (await pieces()).filter((name) => name.endsWith('-240-0.m4s') && !before.has(name));
    await server.container.storage.remove(lost as Parameters<typeof server.container.storage.remove>[0]);
    const first = await server.raw(`${base}240-0.m4s`);
    expect([first.status, first.headers.get('retry-after')]).to.deep.equal([503, '1']);
    await eventually(async () => (await server.raw(`${base}240-0.m4s`)).status === 200, { ms: 60_000 });
    expect((await server.raw(`${base}240-7.m4s`)).status).to.equal(404);
  });
});
