import type { Ctx } from '../../context.ts';
import { unavailable } from '../../errors.ts';
import type { Sql, TransactionRunner } from '../database/database.ts';
import type { Log } from '../log.ts';
import { Meili, meiliCode, type MeiliOptions, RETRY_AFTER } from './meilisearch/client.ts';
import { readAsSimilar } from './meilisearch/corrections.ts';
import { Indexes } from './meilisearch/indexes.ts';
import { orderOf, readCursor } from './meilisearch/order.ts';
import { planOf, type Plan, type PlanInput, resultOf, totalOf } from './meilisearch/plan.ts';
import { rebuild, rowsOf } from './meilisearch/rebuild.ts';
import { toRow, toTombstone } from './meilisearch/row.ts';
import { suggest } from './meilisearch/suggest.ts';
import { Writer } from './meilisearch/writer.ts';
import type { RebuildSource, SearchDocument, SearchEngine, SearchQuery, SearchResult } from './search.ts';
import { textQuery } from './terms.ts';

export interface MeilisearchDeps extends MeiliOptions {
  /** For the lock under which writers of a workspace take turns. */
  readonly sql: Sql;
  readonly transactions: TransactionRunner;
  readonly log: Log;
  /** Begins the names of our indexes on the server; default `damson`. */
  readonly prefix?: string;
}

const ENTRIES_PAGE = 5000;
/** How long a search waits for its index to be made. */
const HEAL_MS = 2000;
/** The index is not (yet) as the settings say. */
const NOT_SET_UP = new Set([
  'index_not_found',
  'invalid_search_filter',
  'invalid_search_sort',
  'invalid_search_facets',
  'invalid_facet_search_facet_name',
]);

/** Search on Meilisearch 1.15 or newer: one index per workspace. Nothing is asked of the server before the first call. */
export function createMeilisearchEngine(deps: MeilisearchDeps): SearchEngine {
  return new MeilisearchEngine(deps);
}

class MeilisearchEngine implements SearchEngine {
  readonly features = { typoTolerance: true, prefix: true };
  readonly #meili: Meili;
  readonly #indexes: Indexes;
  readonly #writer: Writer;
  readonly #log: Log;
  readonly #healing = new Map<string, Promise<number>>();

  constructor(deps: MeilisearchDeps) {
    this.#log = deps.log;
    this.#meili = new Meili(deps);
    this.#indexes = new Indexes({ meili: this.#meili, prefix: deps.prefix ?? 'damson', log: deps.log });
    this.#writer = new Writer({ sql: deps.sql, transactions: deps.transactions, meili: this.#meili, indexes: this.#indexes });
  }

  index(ctx: Ctx, documents: readonly SearchDocument[]): Promise<void> {
    return this.#writer.write(ctx, documents.map(toRow));
  }

  remove(ctx: Ctx, items: readonly { id: string; version: number }[]): Promise<void> {
    return this.#writer.write(ctx, items.map(toTombstone));
  }

  async search(ctx: Ctx, query: SearchQuery): Promise<SearchResult> {
    const text = textQuery(query);
    const order = orderOf(query, text.terms.length > 0);
    const input = { indexUid: this.#indexes.uid(ctx.workspaceId), query, text, order, after: readCursor(query, order) };
    if (query.visibleFolders?.length === 0) return nothing(query);
    return this.#asking(ctx, nothing(query), async () => {
      const asWritten = await this.#ask({ ...input, readAs: new Map() });
      if (asWritten.total > 0 || text.terms.length === 0) return asWritten.result({});
      const readAs = await readAsSimilar(this.#meili, input.indexUid, query, text);
      if (readAs.size === 0) return asWritten.result({});
      const corrections: Record<string, string[]> = Object.create(null);
      for (const [term, words] of readAs) corrections[term.word ?? ''] = [...words];
      return (await this.#ask({ ...input, readAs })).result(corrections);
    });
  }

  suggest(ctx: Ctx, prefix: string, visibleFolders: readonly string[] | null, limit: number): Promise<string[]> {
    const uid = this.#indexes.uid(ctx.workspaceId);
    return this.#asking(ctx, [], () => suggest(this.#meili, uid, prefix, visibleFolders, limit));
  }

  async *entries(ctx: Ctx): AsyncIterable<{ id: string; version: number }> {
    await this.#prepared(ctx);
    for await (const rows of rowsOf(this.#meili, this.#indexes.uid(ctx.workspaceId), 'deleted = false', ENTRIES_PAGE)) {
      for (const { id, version } of rows) yield { id, version };
    }
  }

  rebuild(ctx: Ctx, source: RebuildSource): Promise<void> {
    return rebuild({ meili: this.#meili, indexes: this.#indexes, writer: this.#writer, log: this.#log }, ctx, source);
  }

  whenLost(handle: (workspaceId: string) => Promise<number>): void {
    this.#indexes.whenLost = handle;
  }

  async warm(ctx: Ctx): Promise<void> {
    await this.#prepared(ctx);
  }

  async describe(): Promise<{ engine: string; version: string; latencyMs: number }> {
    // Asks for the version first, which also proves the key; then once more on the open connection for the time.
    const { pkgVersion } = await this.#meili.query((client) => client.getVersion());
    const start = performance.now();
    await this.#meili.query((client) => client.health());
    return { engine: 'meilisearch', version: pkgVersion, latencyMs: performance.now() - start };
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#healing.values());
  }

  async #ask(input: PlanInput): Promise<{ total: number; result(corrections: SearchResult['corrections']): SearchResult }> {
    const plan: Plan = planOf(input);
    const { results } = await this.#meili.query((client) => client.multiSearch({ queries: plan.queries }));
    return { total: totalOf(plan, results), result: (corrections) => resultOf(plan, results, corrections) };
  }

  /**
   * An index that is not there, or not as it should be, is put right, and everything put into the queue again if it is to hold something. That is 503 until
   * the documents come; a workspace that has none has no results.
   */
  async #asking<T>(ctx: Ctx, none: T, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      const code = meiliCode(error);
      if (code === undefined || !NOT_SET_UP.has(code)) throw error;
      this.#log.warn({ err: error, workspaceId: ctx.workspaceId }, 'the search index is not as it should be');
      const queued = await within(HEAL_MS, this.#heal(ctx));
      if (queued === 0 && code === 'index_not_found') return none;
      throw unavailable({
        detail: 'The search index is being built; try again soon.',
        headers: { 'Retry-After': RETRY_AFTER },
        cause: error,
      });
    }
  }

  #prepared(ctx: Ctx): Promise<number> {
    return this.#writer.turn(ctx, () => this.#indexes.prepare(ctx.workspaceId));
  }

  /** One at a time per workspace, however many searches find the index wanting. */
  #heal(ctx: Ctx): Promise<number> {
    const { workspaceId } = ctx;
    const running = this.#healing.get(workspaceId);
    if (running) return running;
    this.#indexes.forget(workspaceId);
    const { trx: _, ...apart } = ctx;
    const started = this.#prepared(apart).finally(() => this.#healing.delete(workspaceId));
    this.#healing.set(workspaceId, started);
    started.catch((error: unknown) =>
      this.#log.warn({ err: error, workspaceId }, 'the search index could not be put right; the next search tries again'),
    );
    return started;
  }
}

/** The promise, or null when it takes longer (it goes on). */
async function within<T>(ms: number, promise: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function nothing({ facets }: SearchQuery): SearchResult {
  return {
    ids: [],
    nextCursor: null,
    total: { value: 0, relation: 'eq' },
    facets: Object.fromEntries(facets.map((facet) => [facet, []])),
    corrections: {},
  };
}
