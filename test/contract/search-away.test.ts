import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { type Ctx, systemContext } from '../../src/context.ts';
import { DamsonError, unavailable } from '../../src/errors.ts';
import type { Database } from '../../src/platform/database/database.ts';
import { newId } from '../../src/platform/database/uuid.ts';
import { silentLog } from '../../src/platform/log.ts';
import { createFallbackSearch } from '../../src/platform/search/fallback.ts';
import { createMeilisearchEngine } from '../../src/platform/search/meilisearch.ts';
import { createPostgresSearch } from '../../src/platform/search/postgres.ts';
import type { SearchEngine } from '../../src/platform/search/search.ts';
import { openTestDatabase } from '../support/database.ts';
import { document, EVERYTHING } from './search.suite.ts';

/** Meilisearch that is away. The server here answers wrongly on purpose; what right answers mean is for a real one to show (`search-meili.test.ts`). */

const FAILURES: Record<string, (res: ServerResponse) => void> = {
  'answers nothing': () => undefined,
  'stops in the middle of an answer': (res) => {
    res.writeHead(200, { 'content-type': 'application/json' });
    res.write('{"results": [');
  },
  'hangs up': (res) => void res.destroy(),
  'answers 500': (res) => void res.writeHead(500, { 'content-type': 'application/json' }).end('{"message":"boom","code":"internal"}'),
  'is a proxy with a page of its own': (res) => void res.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>'),
  'refuses the key': (res) =>
    void res.writeHead(403, { 'content-type': 'application/json' }).end('{"message":"no","code":"invalid_api_key","type":"auth"}'),
  'has too much to do': (res) =>
    void res.writeHead(503, { 'content-type': 'application/json' }).end('{"message":"busy","code":"too_many_search_requests"}'),
};

const TIMEOUT_MS = 150;

describe('search while Meilisearch is away', () => {
  let database: Database;
  let drop: () => Promise<void>;
  let server: Server;
  let fail: (res: ServerResponse) => void = () => undefined;
  let url: string;
  let ctx: Ctx;

  const engineAt = (address: string) =>
    createMeilisearchEngine({
      ...{ url: address, masterKey: 'a key', log: silentLog, sql: database.sql, transactions: database.transactions },
      ...{ queryTimeoutMs: TIMEOUT_MS, requestTimeoutMs: TIMEOUT_MS, taskTimeoutMs: TIMEOUT_MS },
    });
  const failureOf = async (work: Promise<unknown>): Promise<DamsonError> => {
    const error = await work.then(
      () => null,
      (problem: unknown) => problem,
    );
    if (!(error instanceof DamsonError)) throw new Error(`not refused as away: ${String(error)}`, { cause: error });
    return error;
  };
  const isAway = (error: DamsonError) => {
    expect([error.code, error.status]).to.deep.equal(['unavailable', 503]);
    expect(Number(error.headers['Retry-After'])).to.be.greaterThan(0);
    expect(JSON.stringify([error.message, error.extra])).to.not.match(/a key|127\.0\.0\.1/u);
  };

  before(async () => {
    ({ database, drop } = await openTestDatabase());
    server = createServer((req, res) => {
      req.resume();
      fail(res);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await drop();
  });
  beforeEach(() => {
    ctx = systemContext(newId());
  });

  for (const [name, answer] of Object.entries(FAILURES)) {
    it(`says 503 when the server ${name}`, async () => {
      fail = answer;
      const engine = engineAt(url);
      isAway(await failureOf(engine.search(ctx, { ...EVERYTHING, words: ['x'] })));
      isAway(await failureOf(engine.suggest(ctx, 'x', null, 10)));
      isAway(await failureOf(engine.describe()));
      isAway(await failureOf(engine.index(ctx, [document()])));
      isAway(await failureOf(engine.remove(ctx, [{ id: newId(), version: 1 }])));
      await engine.close();
    });
  }

  it('says 503 when there is no server', async () => {
    const engine = engineAt('http://127.0.0.1:1');
    isAway(await failureOf(engine.search(ctx, EVERYTHING)));
    isAway(await failureOf(engine.index(ctx, [document()])));
  });

  it('holds no turn and no connection back after a failure', async () => {
    fail = FAILURES['answers nothing'] ?? fail;
    const engine = engineAt(url);
    // More than there are connections to the database.
    const outcomes = await Promise.allSettled(Array.from({ length: 30 }, () => engine.index(ctx, [document()])));
    expect(outcomes.every(({ status }) => status === 'rejected')).to.equal(true);
    expect(
      await database.sql.query(
        {},
        `select 1 from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`,
      ),
    ).to.deep.equal([]);
  });

  describe('with PostgreSQL behind it', () => {
    let postgres: SearchEngine;
    /** Stands in for Meilisearch: PostgreSQL in other workspaces, so that its documents are its own. */
    let first: SearchEngine;
    let away: boolean;
    let asked: number;
    let both: SearchEngine;

    before(() => {
      postgres = createPostgresSearch({
        ...{ sql: database.sql, transactions: database.transactions, notifications: database.notifications, log: silentLog },
      });
    });
    after(() => postgres.close());
    beforeEach(() => {
      [away, asked] = [false, 0];
      const shadow = systemContext(newId());
      const there = async <T>(work: () => Promise<T>): Promise<T> => {
        asked += 1;
        if (away) throw unavailable();
        return work();
      };
      first = {
        features: postgres.features,
        index: (_, documents) => there(() => postgres.index(shadow, documents)),
        remove: (_, items) => there(() => postgres.remove(shadow, items)),
        search: (_, query) => there(() => postgres.search(shadow, query)),
        suggest: (_, ...rest) => there(() => postgres.suggest(shadow, ...rest)),
        entries: () => postgres.entries(shadow),
        describe: () => there(() => postgres.describe()),
        close: async () => undefined,
      };
      both = createFallbackSearch(first, postgres, silentLog);
    });

    it('answers from PostgreSQL, which has everything, and writes stay undone', async () => {
      const [old, late] = [document({ title: 'before' }), document({ title: 'meanwhile' })];
      await both.index(ctx, [old]);
      away = true;
      isAwayOnly(await failureOf(both.index(ctx, [late])));
      expect((await both.search(ctx, EVERYTHING)).ids).to.have.members([old.id, late.id]);
      expect(await both.suggest(ctx, 'meanw', null, 5)).to.deep.equal(['meanwhile']);
      const entries: { id: string; version: number }[] = [];
      for await (const entry of both.entries(ctx)) entries.push(entry);
      expect(entries, 'what one engine lacks is stale').to.have.deep.members([
        { id: old.id, version: 1 },
        { id: late.id, version: -1 },
      ]);
      away = false;
      await both.index(ctx, [late]);
      for await (const { version } of both.entries(ctx)) expect(version).to.equal(1);
    });

    it('does not let every search wait for an engine that is away', async () => {
      away = true;
      for (let at = 0; at < 5; at += 1) await both.search(ctx, EVERYTHING);
      expect(asked).to.equal(1);
    });

    it('goes on with a page where it began, or says 503', async () => {
      await both.index(ctx, [document(), document(), document()]);
      const page = await both.search(ctx, { ...EVERYTHING, limit: 1 });
      away = true;
      isAwayOnly(await failureOf(both.search(ctx, { ...EVERYTHING, limit: 1, cursor: page.nextCursor })));
      const other = await both.search(ctx, { ...EVERYTHING, limit: 1 });
      away = false;
      const rest = await both.search(ctx, { ...EVERYTHING, limit: 5, cursor: other.nextCursor });
      expect(rest.ids).to.have.length(2);
    });

    it('hides no error but absence, and tells of the first engine', async () => {
      first = { ...first, search: () => Promise.reject(new Error('a defect')), describe: () => Promise.reject(unavailable()) };
      both = createFallbackSearch(first, postgres, silentLog);
      const error = await both.search(ctx, EVERYTHING).then(
        () => null,
        (problem: Error) => problem.message,
      );
      expect(error).to.equal('a defect');
      isAwayOnly(await failureOf(both.describe()));
    });
  });

  const isAwayOnly = (error: DamsonError) => expect(error.code).to.equal('unavailable');
});
