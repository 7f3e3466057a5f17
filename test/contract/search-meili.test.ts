import { createServer, type Server, Socket } from 'node:net';
import { expect } from 'chai';
import { type Ctx, systemContext } from '../../src/context.ts';
import { isError } from '../../src/errors.ts';
import type { TypeormDatabase } from '../../src/platform/database/external.ts';
import { newId } from '../../src/platform/database/uuid.ts';
import type { RebuildSource, SearchDocument, SearchEngine, SearchQuery } from '../../src/platform/search/search.ts';
import { openTestDatabase } from '../support/database.ts';
import { onEngine } from '../support/engines.ts';
import { type MeiliWorld, openMeili } from '../support/meili.ts';
import { document, EVERYTHING } from './search.suite.ts';

/** What only Meilisearch has: settings as code, tasks, turns of several processes, rebuilds, lost data, outages. */

onEngine('Meilisearch', ['MEILI_URL'], (url) => {
  describe('search on Meilisearch', () => {
    let database: TypeormDatabase;
    let drop: () => Promise<void>;
    let world: MeiliWorld;
    let engine: SearchEngine;
    let ctx: Ctx;
    const uid = () => `${world.prefix}-${ctx.workspaceId}`;
    const ids = async (over: Partial<SearchQuery> = {}, from = engine) => new Set((await from.search(ctx, { ...EVERYTHING, ...over })).ids);
    const tasks = async () => (await world.client.tasks.getTasks({ indexUids: [uid()], limit: 1 })).total;
    const sourceOf = (documents: () => readonly SearchDocument[]): RebuildSource => ({
      async *all() {
        const all = documents();
        for (let at = 0; at < all.length; at += 20) yield all.slice(at, at + 20);
      },
      load: async (wanted) => {
        const known = new Map(documents().map((doc) => [doc.id, doc]));
        return {
          documents: wanted.flatMap((id) => known.get(id) ?? []),
          removed: wanted.filter((id) => !known.has(id)).map((id) => ({ id, version: Number.MAX_SAFE_INTEGER })),
        };
      },
    });

    before(async () => {
      ({ database, drop } = await openTestDatabase());
      world = openMeili(url, database);
      engine = world.engine;
    });
    after(async () => {
      await world.close();
      await drop();
    });
    beforeEach(() => {
      ctx = systemContext(newId());
    });

    it('applies its settings once, and again when they are not what they should be', async () => {
      await engine.index(ctx, [document()]);
      const settled = await tasks();
      await world.another().index(ctx, [document()]);
      expect(await tasks(), 'one write, nothing else').to.equal(settled + 1);
      const notes = world.client.index(`${world.prefix}-notes`);
      await notes.addDocuments([{ id: ctx.workspaceId, settings: 'of an older version' }]).waitTask();
      await world.client
        .index(uid())
        .updateSettings({ filterableAttributes: ['kind'] })
        .waitTask();
      const asked: string[] = [];
      const later = world.another();
      later.whenLost?.(async (workspaceId) => asked.push(workspaceId));
      await later.index(ctx, [document()]);
      expect(asked, 'everything is indexed again').to.deep.equal([ctx.workspaceId]);
      expect((await ids({}, later)).size).to.equal(3);
    });

    it('keeps the newest version when several processes write at once', async () => {
      const others = [engine, world.another(), world.another(), world.another()];
      const docs = Array.from({ length: 10 }, () => document());
      const writes = Array.from({ length: 12 }, (_, version) =>
        docs.map((doc, at) => ({
          engine: others[(version + at) % others.length] ?? engine,
          doc: { ...doc, version: version + 1, bytes: version + 1 },
        })),
      ).flat();
      // Neither in order nor one after another.
      writes.sort((a, b) => (a.doc.id + a.doc.version * 7919 < b.doc.id + b.doc.version * 7919 ? -1 : 1));
      await Promise.all(writes.map((write) => write.engine.index(ctx, [write.doc])));
      for await (const entry of engine.entries(ctx)) expect(entry.version).to.equal(12);
      expect((await ids({ filter: { op: 'range', field: 'bytes', gte: 12 } })).size).to.equal(10);
    });

    it('waits for what a process left to be done before it looks at versions', async () => {
      const doc = document({ version: 2, title: 'second' });
      await engine.index(ctx, [document()]);
      // As a process leaves it that is killed after it sent its task.
      for (let at = 0; at < 5; at += 1)
        await world.client.index(uid()).addDocuments([{ id: doc.id, version: 3, deleted: true, written: 1 }]);
      await engine.index(ctx, [doc]);
      expect(await ids()).to.not.include(doc.id);
    });

    it('fails with the message of the task that failed, and only for its own documents', async () => {
      await engine.index(ctx, [document()]);
      const good = document();
      const bad = document({ id: 'not / an id' });
      const outcomes = await Promise.allSettled([engine.index(ctx, [document()]), engine.index(ctx, [bad]), engine.index(ctx, [good])]);
      expect(outcomes.map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected', 'fulfilled']);
      const [, failed] = outcomes;
      expect(String(failed?.status === 'rejected' && failed.reason)).to.match(/identifier/u);
      expect(await ids()).to.include(good.id);
    });

    it('shares tasks between calls that come at once', async () => {
      await engine.index(ctx, [document()]);
      const before = await tasks();
      await Promise.all(Array.from({ length: 100 }, () => engine.index(ctx, [document()])));
      expect((await tasks()) - before).to.be.below(20);
      expect((await ids()).size).to.equal(100);
    });

    it('rebuilds beside the index in use: never without results, and no write is lost', async () => {
      let library = Array.from({ length: 200 }, (_, at) => document({ title: `picture ${at}` }));
      await engine.index(ctx, library);
      const [ghost, gone] = [document(), library[5]];
      await engine.index(ctx, [ghost]);
      if (!gone) throw new Error('no document');

      let rebuilt = false;
      const searching = (async () => {
        for (let searches = 0; ; searches += 1) {
          if (rebuilt) return searches;
          expect((await ids({ limit: 200 })).size).to.be.at.least(199);
        }
      })();
      let begun = (): void => undefined;
      const first = new Promise<void>((resolve) => {
        begun = resolve;
      });
      const source = sourceOf(() => library);
      const rebuilding = engine.rebuild?.(ctx, {
        ...source,
        async *all() {
          for await (const batch of source.all()) {
            yield batch;
            begun();
          }
        },
      });
      await first;
      // Changes while the new index is filled, some of them to documents it has already.
      const other = world.another();
      const added = Array.from({ length: 30 }, () => document({ title: 'added' }));
      const changed = library.slice(0, 30).map((doc) => ({ ...doc, version: 2, title: 'changed' }));
      for (const doc of [...added, ...changed]) {
        library = [...library.filter(({ id }) => id !== doc.id), doc];
        await other.index(ctx, [doc]);
      }
      library = library.filter(({ id }) => id !== gone.id);
      await other.remove(ctx, [{ id: gone.id, version: 3 }]);
      await rebuilding;
      rebuilt = true;
      expect(await searching).to.be.greaterThan(0);

      const entries = new Map<string, number>();
      for await (const { id, version } of engine.entries(ctx)) entries.set(id, version);
      // A document that no asset stands for is gone too, unless it was written so late that it was read again; then it was removed.
      expect(entries).to.deep.equal(new Map(library.map(({ id, version }) => [id, version])));
      const words = (word: string) => ids({ words: [word], limit: 200, sort: { field: 'relevance', descending: true } });
      expect([(await words('changed')).size, (await words('added')).size]).to.deep.equal([
        29 + (changed.some(({ id }) => id === gone.id) ? 0 : 1),
        30,
      ]);
      await engine.index(ctx, [{ ...gone, version: 2 }]);
      expect(await ids({ limit: 300 }), 'what was removed during the rebuild stays removed').to.not.include(gone.id);
      const { results } = await world.client.getRawIndexes({ limit: 1000 });
      expect(results.map((index) => index.uid).filter((name) => name.startsWith(`${uid()}-`))).to.deep.equal([]);
      // More than sixty tasks one after another, and a server that takes all memory for each needs a second for one.
    }).timeout(240_000);

    it('leaves the index as it was when a rebuild fails', async () => {
      const doc = document();
      await engine.index(ctx, [doc]);
      const broken: RebuildSource = {
        async *all() {
          yield [document()];
          throw new Error('the database is gone');
        },
        load: async () => ({ documents: [], removed: [] }),
      };
      const error = await engine.rebuild?.(ctx, broken).then(
        () => null,
        (problem: Error) => problem.message,
      );
      expect(error).to.equal('the database is gone');
      expect(await ids()).to.deep.equal(new Set([doc.id]));
    });

    it('has everything indexed again when the server lost its data', async () => {
      const library = Array.from({ length: 5 }, () => document());
      const own = world.another();
      let asked = 0;
      own.whenLost?.(async () => {
        asked += 1;
        return library.length;
      });
      await own.index(ctx, library);
      expect(asked).to.equal(1);
      await world.client.deleteIndex(uid()).waitTask();
      const error = await own.search(ctx, EVERYTHING).then(
        () => null,
        (problem: unknown) => problem,
      );
      expect(isError(error, 'unavailable'), 'not "nothing found"').to.equal(true);
      expect(asked).to.equal(2);
      await world.client.deleteIndex(uid()).waitTask();
      await own.index(ctx, library.slice(0, 1));
      expect(asked, 'a write notices too').to.equal(3);
      await own.index(ctx, library);
      expect((await ids({}, own)).size).to.equal(5);
    });

    it('takes a thousand visible folders, and none', async () => {
      const folders = Array.from({ length: 1000 }, () => newId());
      const docs = folders.slice(0, 20).map((folder) => document({ folder }));
      const hidden = document({ folder: newId() });
      await engine.index(ctx, [...docs, hidden]);
      const result = await engine.search(ctx, { ...EVERYTHING, visibleFolders: folders, facets: ['folder'] });
      expect(result.total.value).to.equal(20);
      expect(result.facets.folder).to.have.length(20);
      expect((await ids({ visibleFolders: [] })).size).to.equal(0);
    });

    it('counts more values and more documents than a page of Meilisearch holds by default', async () => {
      const docs = Array.from({ length: 1500 }, (_, at) => document({ tags: [`tag ${at % 300}`], name: `n${at}.jpg` }));
      for (let at = 0; at < docs.length; at += 500) await engine.index(ctx, docs.slice(at, at + 500));
      const result = await engine.search(ctx, { ...EVERYTHING, facets: ['tags'], limit: 1 });
      expect(result.total).to.deep.equal({ value: 1500, relation: 'eq' });
      expect(result.facets.tags).to.have.length(300);
      expect(result.facets.tags?.every(({ count }) => count === 5)).to.equal(true);
      const seen = new Set<string>();
      const query = { ...EVERYTHING, words: ['jpg'], sort: { field: 'relevance', descending: true }, limit: 200 } as const;
      for (let cursor: string | null = null; ; ) {
        const page = await engine.search(ctx, { ...query, cursor });
        for (const id of page.ids) seen.add(id);
        cursor = page.nextCursor;
        if (cursor === null) break;
      }
      expect(seen.size).to.equal(1500);
    });

    it('does not shorten a query of many words', async () => {
      const words = Array.from({ length: 15 }, (_, at) => `word${String.fromCharCode(97 + at)}`);
      const all = document({ title: words.join(' ') });
      await engine.index(ctx, [all, document({ title: words.slice(0, 14).join(' ') })]);
      expect(await ids({ words, sort: { field: 'relevance', descending: true } })).to.deep.equal(new Set([all.id]));
    });

    it('ranks names before descriptions before other text', async () => {
      const [text, description, title] = [
        document({ text: 'printed harbour' }),
        document({ description: 'harbour' }),
        document({ title: 'harbour' }),
      ];
      await engine.index(ctx, [text, description, title]);
      const { ids: found } = await engine.search(ctx, {
        ...EVERYTHING,
        words: ['harbour'],
        sort: { field: 'relevance', descending: true },
      });
      expect(found).to.deep.equal([title.id, description.id, text.id]);
    });

    it('comes back without a restart after an outage, with every write', async () => {
      const proxy = await Proxy.to(new URL(url));
      const there = world.another({ url: proxy.url, queryTimeoutMs: 500, requestTimeoutMs: 500 });
      const docs = Array.from({ length: 5 }, () => document());
      await there.index(ctx, docs.slice(0, 1));
      for (const cut of ['refuse', 'hang'] as const) {
        proxy.cut(cut);
        const began = performance.now();
        const error = await there.search(ctx, EVERYTHING).catch((problem: unknown) => problem);
        expect(isError(error, 'unavailable'), cut).to.equal(true);
        expect(performance.now() - began, 'bounded').to.be.below(5000);
        const refused = await there.index(ctx, docs.slice(1)).catch((problem: unknown) => problem);
        expect(isError(refused, 'unavailable'), cut).to.equal(true);
        proxy.mend();
        expect((await ids({}, there)).size).to.be.at.least(1);
      }
      await there.index(ctx, docs.slice(1));
      expect((await ids({}, there)).size).to.equal(5);
      await there.close();
      await proxy.close();
    });
  });
});

/** A connection to the server that can be cut. */
class Proxy {
  readonly url: string;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  #state: 'open' | 'refuse' | 'hang' = 'open';

  private constructor(target: URL, server: Server, url: string, sockets: Set<Socket>) {
    this.url = url;
    this.#server = server;
    this.#sockets = sockets;
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      if (this.#state === 'refuse') return void socket.destroy();
      if (this.#state === 'hang') return;
      const onward = new Socket().connect(Number(target.port), target.hostname);
      sockets.add(onward);
      onward.on('error', () => socket.destroy());
      socket.pipe(onward).pipe(socket);
    });
  }

  static async to(target: URL): Promise<Proxy> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    return new Proxy(target, server, `http://127.0.0.1:${address.port}`, new Set());
  }

  cut(how: 'refuse' | 'hang'): void {
    this.#state = how;
    for (const socket of this.#sockets) socket.destroy();
  }

  mend(): void {
    this.#state = 'open';
    for (const socket of this.#sockets) socket.destroy();
  }

  async close(): Promise<void> {
    this.mend();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
