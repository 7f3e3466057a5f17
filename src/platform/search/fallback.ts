import type { Ctx } from '../../context.ts';
import { isError } from '../../errors.ts';
import type { Log } from '../log.ts';
import type { RebuildSource, SearchDocument, SearchEngine, SearchQuery, SearchResult } from './search.ts';

/**
 * Two engines with the same documents: the first answers; while it is away the second does. A write counts only when both have it, so neither drifts: what
 * the first misses waits in the outbox.
 */
export function createFallbackSearch(primary: SearchEngine, secondary: SearchEngine, log: Log): SearchEngine {
  return new FallbackSearch(primary, secondary, log);
}

/** How long the first engine is left alone after it did not answer, so that not every search waits for its timeout. */
const PAUSE_MS = 5000;
/** In front of a cursor: the engine that gave it. */
const MARKS = { primary: '1', secondary: '2' } as const;
type Which = keyof typeof MARKS;

class FallbackSearch implements SearchEngine {
  readonly features: SearchEngine['features'];
  readonly rebuild?: (ctx: Ctx, source: RebuildSource) => Promise<void>;
  readonly #primary: SearchEngine;
  readonly #secondary: SearchEngine;
  readonly #log: Log;
  /** Time (of this process) until which the first engine is not asked. */
  #pausedUntil = 0;

  constructor(primary: SearchEngine, secondary: SearchEngine, log: Log) {
    this.features = primary.features;
    this.#primary = primary;
    this.#secondary = secondary;
    this.#log = log;
    if (primary.rebuild) this.rebuild = (ctx, source) => this.#rebuild(ctx, source);
  }

  /** The second engine first: while the first is away searches see the write all the same, and the job that makes it is tried again. */
  async index(ctx: Ctx, documents: readonly SearchDocument[]): Promise<void> {
    await this.#secondary.index(ctx, documents);
    await this.#primary.index(ctx, documents);
  }

  async remove(ctx: Ctx, items: readonly { id: string; version: number }[]): Promise<void> {
    await this.#secondary.remove(ctx, items);
    await this.#primary.remove(ctx, items);
  }

  async search(ctx: Ctx, query: SearchQuery): Promise<SearchResult> {
    const { engine, cursor } = markedCursor(query.cursor);
    const own = { ...query, cursor };
    // A page goes on where the page before came from: cursors of one engine say nothing to the other. Both hold the same documents.
    if (engine === 'secondary') return marked('secondary', await this.#secondary.search(ctx, own));
    if (engine === 'primary') return marked('primary', await this.#primary.search(ctx, own));
    return this.#either(
      async () => marked('primary', await this.#primary.search(ctx, own)),
      async () => marked('secondary', await this.#secondary.search(ctx, own)),
    );
  }

  suggest(ctx: Ctx, prefix: string, visibleFolders: readonly string[] | null, limit: number): Promise<string[]> {
    return this.#either(
      () => this.#primary.suggest(ctx, prefix, visibleFolders, limit),
      () => this.#secondary.suggest(ctx, prefix, visibleFolders, limit),
    );
  }

  /** What is not the same in both has a version older than any, so that it counts as stale. */
  async *entries(ctx: Ctx): AsyncIterable<{ id: string; version: number }> {
    const left = this.#primary.entries(ctx)[Symbol.asyncIterator]();
    const right = this.#secondary.entries(ctx)[Symbol.asyncIterator]();
    try {
      let a = await left.next();
      let b = await right.next();
      while (!a.done || !b.done) {
        if (b.done || (!a.done && a.value.id < b.value.id)) {
          yield { id: a.value.id, version: -1 };
          a = await left.next();
        } else if (a.done || b.value.id < a.value.id) {
          yield { id: b.value.id, version: -1 };
          b = await right.next();
        } else {
          yield { id: a.value.id, version: Math.min(a.value.version, b.value.version) };
          a = await left.next();
          b = await right.next();
        }
      }
    } finally {
      await left.return?.();
      await right.return?.();
    }
  }

  whenLost(handle: (workspaceId: string) => Promise<number>): void {
    this.#primary.whenLost?.(handle);
    this.#secondary.whenLost?.(handle);
  }

  async warm(ctx: Ctx): Promise<void> {
    const outcomes = await Promise.allSettled([this.#secondary.warm?.(ctx), this.#primary.warm?.(ctx)]);
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  /** Of the first engine, so that health and `doctor` name it while it is away. */
  describe(): Promise<{ engine: string; version: string; latencyMs: number }> {
    return this.#primary.describe();
  }

  async close(): Promise<void> {
    await this.#primary.close();
    await this.#secondary.close();
  }

  /** The second engine is written over in place: it has no searches to serve while the first is there. */
  async #rebuild(ctx: Ctx, source: RebuildSource): Promise<void> {
    const secondary = this.#secondary;
    await this.#primary.rebuild?.(ctx, {
      async *all() {
        for await (const documents of source.all()) {
          await secondary.index(ctx, documents);
          yield documents;
        }
      },
      load: async (ids) => {
        const found = await source.load(ids);
        await secondary.index(ctx, found.documents);
        await secondary.remove(ctx, found.removed);
        return found;
      },
    });
  }

  async #either<T>(first: () => Promise<T>, second: () => Promise<T>): Promise<T> {
    const wasAway = this.#pausedUntil > 0;
    if (wasAway && performance.now() < this.#pausedUntil) return second();
    // One search tries whether it is back; others do not wait with it.
    if (wasAway) this.#pausedUntil = performance.now() + PAUSE_MS;
    try {
      const answer = await first();
      if (wasAway) this.#log.info({}, 'the search engine answers again');
      this.#pausedUntil = 0;
      return answer;
    } catch (error) {
      if (!isError(error, 'unavailable')) throw error;
      if (!wasAway) this.#log.warn({ err: error }, 'the search engine is away; PostgreSQL answers searches');
      this.#pausedUntil = performance.now() + PAUSE_MS;
      return second();
    }
  }
}

function marked(engine: Which, result: SearchResult): SearchResult {
  return { ...result, nextCursor: result.nextCursor === null ? null : MARKS[engine] + result.nextCursor };
}

/** The engine that gave the cursor; null for a first page, and for a cursor that neither gave: whichever reads it will refuse it. */
function markedCursor(cursor: string | null): { engine: Which | null; cursor: string | null } {
  if (cursor?.startsWith(MARKS.secondary)) return { engine: 'secondary', cursor: cursor.slice(1) };
  if (cursor?.startsWith(MARKS.primary)) return { engine: 'primary', cursor: cursor.slice(1) };
  return { engine: null, cursor };
}
