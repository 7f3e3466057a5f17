import type { Ctx } from '../../context.ts';
import type { Notifications, Sql, TransactionRunner } from '../database/database.ts';
import type { Log } from '../log.ts';
import type { ColumnStore } from './postgres/column-store.ts';
import type { Mask } from './postgres/columns.ts';
import { readCursor, writeCursor } from './postgres/cursor.ts';
import { evaluate, type Evaluated } from './postgres/evaluate.ts';
import { orderOf, pageOf } from './postgres/order.ts';
import { Stores } from './postgres/stores.ts';
import { suggest } from './postgres/suggest.ts';
import { matchText, type TextMatch } from './postgres/text-match.ts';
import { Writer } from './postgres/write.ts';
import { textQuery } from './terms.ts';
import type { SearchDocument, SearchEngine, SearchQuery, SearchResult } from './search.ts';

/** Totals are exact up to here (library-model, Indexes and growth). */
const MAX_EXACT = 10_000;
const DEFAULT_FACET_LIMIT = 50;
const ENTRIES_CHUNK = 5000;

export interface PostgresSearchDeps {
  readonly sql: Sql;
  readonly transactions: TransactionRunner;
  readonly notifications: Notifications;
  readonly log: Log;
}

/**
 * Search on PostgreSQL. Text is matched by SQL (words AND-ed, typing errors through the lexicon); permission filter, filters, facets, sort and
 * paging run on typed arrays in this process, so counts are exact for every actor.
 * A search sees what this process has committed through `index` and `remove`; writes of other processes, and of transactions the caller commits
 * later, follow by notification.
 */
export function createPostgresSearch(deps: PostgresSearchDeps): PostgresSearch {
  return new PostgresSearch(deps);
}

export class PostgresSearch implements SearchEngine {
  readonly features = { typoTolerance: true, prefix: true };
  readonly #sql: Sql;
  readonly #stores: Stores;
  readonly #writer: Writer;

  constructor({ sql, transactions, notifications, log }: PostgresSearchDeps) {
    this.#sql = sql;
    this.#stores = new Stores(sql, notifications, log);
    this.#writer = new Writer(sql, transactions);
  }

  async index(ctx: Ctx, documents: readonly SearchDocument[]): Promise<void> {
    this.#wrote(ctx, await this.#writer.index(ctx, documents));
  }

  async remove(ctx: Ctx, items: readonly { id: string; version: number }[]): Promise<void> {
    this.#wrote(ctx, await this.#writer.remove(ctx, items));
  }

  async search(ctx: Ctx, query: SearchQuery): Promise<SearchResult> {
    const after = readCursor(query);
    const store = await this.#stores.current(ctx.workspaceId);
    const match = await this.#match(ctx, store, query);
    // From here on nothing waits, so the columns do not change under the evaluation.
    const found = evaluate(store, match.mask, query);
    const order = orderOf(store, query.sort, match.scores);
    const rows = pageOf(found.mask, store.rows, order, after, query.limit + 1);
    const page = rows.slice(0, query.limit);
    const last = rows.length > query.limit ? page.at(-1) : undefined;
    return {
      ids: page.map((row) => store.id(row)),
      nextCursor: last === undefined ? null : writeCursor(query, order.positionOf(last)),
      total: found.count > MAX_EXACT ? { value: MAX_EXACT, relation: 'gte' } : { value: found.count, relation: 'eq' },
      facets: facetsOf(found, query.facetLimit ?? DEFAULT_FACET_LIMIT),
      corrections: match.corrections,
    };
  }

  async suggest(ctx: Ctx, prefix: string, visibleFolders: readonly string[] | null, limit: number): Promise<string[]> {
    const store = await this.#stores.current(ctx.workspaceId);
    return suggest({ sql: this.#sql, workspaceId: ctx.workspaceId, store, visible: visibleMask(store, visibleFolders) }, prefix, limit);
  }

  async *entries(ctx: Ctx): AsyncIterable<{ id: string; version: number }> {
    const sql = `select id, version::float8 as version from search_document
      where workspace_id = $1 and not deleted and ($2::uuid is null or id > $2) order by id limit ${ENTRIES_CHUNK}`;
    for (let last: string | null = null; ; ) {
      const rows: { id: string; version: number }[] = await this.#sql.query({}, sql, [ctx.workspaceId, last]);
      yield* rows;
      last = rows.at(-1)?.id ?? null;
      if (rows.length < ENTRIES_CHUNK) return;
    }
  }

  async describe(): Promise<{ engine: string; version: string; latencyMs: number }> {
    const start = performance.now();
    const [row] = await this.#sql.query<{ server_version: string }>({}, 'show server_version');
    return { engine: 'postgres', version: row?.server_version ?? 'unknown', latencyMs: performance.now() - start };
  }

  async close(): Promise<void> {
    await this.#stores.close();
  }

  /** Loads the workspace's columns ahead of the first search. */
  async warm(ctx: Ctx): Promise<void> {
    await this.#stores.current(ctx.workspaceId);
  }

  /** A transaction of the caller is not committed yet; its notification will tell. */
  #wrote(ctx: Ctx, generation: number): void {
    if (!ctx.trx && generation > 0) this.#stores.wrote(ctx.workspaceId, generation);
  }

  async #match(ctx: Ctx, store: ColumnStore, query: SearchQuery): Promise<TextMatch> {
    const text = textQuery(query);
    if (text.terms.length + text.without.length === 0) {
      return { mask: new Uint8Array(store.alive.length).fill(1), scores: null, corrections: {} };
    }
    return matchText({
      sql: this.#sql,
      workspaceId: ctx.workspaceId,
      store,
      text,
      visible: () => visibleMask(store, query.visibleFolders),
      ranked: query.sort.field === 'relevance',
    });
  }
}

function visibleMask(store: ColumnStore, visibleFolders: readonly string[] | null): Mask {
  const mask = store.alive.slice();
  if (visibleFolders !== null) store.folder.keepAny(mask, store.rows, visibleFolders);
  return mask;
}

function facetsOf({ facets }: Evaluated, limit: number): SearchResult['facets'] {
  const named = [...facets].map(([facet, counts]) => {
    const values = [...counts].map(([value, count]) => ({ value, count }));
    values.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
    return [facet, values.slice(0, limit)];
  });
  return Object.fromEntries(named);
}
