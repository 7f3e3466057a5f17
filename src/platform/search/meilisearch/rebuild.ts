import { randomBytes } from 'node:crypto';
import type { Ctx } from '../../../context.ts';
import type { Log } from '../../log.ts';
import type { RebuildSource } from '../search.ts';
import type { Meili } from './client.ts';
import { quote } from './filter.ts';
import type { Indexes } from './indexes.ts';
import { type Row, toRow, toTombstone } from './row.ts';
import type { Writer } from './writer.ts';

/** Builds a second index beside the one in use, brings it up to what was written meanwhile, and swaps the two. */

export interface RebuildDeps {
  readonly meili: Meili;
  readonly indexes: Indexes;
  readonly writer: Writer;
  readonly log: Log;
}

/** Changes that are left for the last pass, in which nobody writes. */
const FEW = 200;
const MAX_PASSES = 5;
const PAGE = 500;
/** The database's clock may be set back a little between two turns. */
const MARGIN_MS = 60_000;
/** How long a removal is remembered beyond a rebuild: longer than any job that read the asset before may still run. */
const TOMBSTONE_MS = 86_400_000;

/**
 * Searches are answered from the old index until the swap, which is one step. Writes go on into the old one; every one that may not be in the new
 * one carries a time in `written` after the mark taken before, and is read from the source again. The last pass and the swap happen in the workspace's
 * turn, so no write falls between.
 */
export async function rebuild({ meili, indexes, writer, log }: RebuildDeps, ctx: Ctx, source: RebuildSource): Promise<void> {
  const live = indexes.uid(ctx.workspaceId);
  const next = `${live}-${randomBytes(6).toString('hex')}`;
  const put = async (rows: readonly Row[], written: number) => {
    if (rows.length > 0) await meili.write((client) => client.index(next).addDocuments(rows.map((row) => ({ ...row, written }))));
  };
  /** Reads from the source again what was written to the index in use since then. */
  const catchUp = async (since: number, written: number): Promise<number> => {
    let count = 0;
    for await (const ids of changedSince(meili, live, `written >= ${quote(String(since - MARGIN_MS))}`)) {
      ctx.signal.throwIfAborted();
      const { documents, removed } = await source.load(ids);
      await put([...documents.map(toRow), ...removed.map(toTombstone)], written);
      count += ids.length;
    }
    return count;
  };

  await indexes.removeLeftovers(ctx.workspaceId, ctx.clock.now());
  // In a turn: whatever was written at an earlier time is done, and the source is read after it.
  let mark = await writer.turn(ctx, async (now) => {
    await indexes.prepare(ctx.workspaceId);
    return now;
  });
  try {
    await indexes.setUp(next);
    for await (const documents of source.all()) {
      ctx.signal.throwIfAborted();
      await put(documents.map(toRow), mark);
    }
    const removals = `deleted = true AND written >= ${quote(String(mark - TOMBSTONE_MS))}`;
    for await (const rows of rowsOf(meili, live, removals)) await put(rows.map(toTombstone), mark);
    for (let pass = 0; pass < MAX_PASSES; pass += 1) {
      const from = mark;
      mark = await writer.turn(ctx, (now) => Promise.resolve(now));
      if ((await catchUp(from, mark)) <= FEW) break;
    }
    await writer.turn(ctx, async (now) => {
      await meili.settle(live);
      await catchUp(mark, now);
      await meili.write((client) => client.swapIndexes([{ indexes: [live, next], rename: false }]));
    });
    log.info({ index: live }, 'search index rebuilt');
  } finally {
    // After the swap this name holds what was there before.
    await indexes
      .remove(next)
      .catch((error: unknown) => log.warn({ err: error, index: next }, 'an index that is no longer used could not be removed'));
  }
}

async function* changedSince(meili: Meili, uid: string, filter: string): AsyncIterable<string[]> {
  for await (const rows of rowsOf(meili, uid, filter)) yield rows.map(({ id }) => id);
}

/** Id, version and deletion of every row the filter lets through, ascending by id. */
export async function* rowsOf(meili: Meili, uid: string, filter: string, page = PAGE): AsyncIterable<Row[]> {
  for (let last: string | null = null; ; ) {
    const after: string = last === null ? filter : `(${filter}) AND id > ${quote(last)}`;
    const { hits } = await meili.request((client) =>
      client
        .index<Row>(uid)
        .search(null, { filter: after, sort: ['id:asc'], limit: page, attributesToRetrieve: ['id', 'version', 'deleted'] }),
    );
    if (hits.length > 0) yield hits;
    last = hits.at(-1)?.id ?? null;
    if (hits.length < page) return;
  }
}
