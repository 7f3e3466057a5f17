import { type Ctx, systemContext } from '../../../context.ts';
import type { JobDef, JobQueue } from '../../../platform/queue/queue.ts';
import type { SearchEngine, SearchQuery, SearchResult } from '../../../platform/search/search.ts';
import { type AssetForIndex, buildAssetDocument } from './documents/asset-document.ts';
import { INDEX_BATCH, type SearchIndexPayload, searchIndexJob } from './search.jobs.ts';

export interface SearchDeps {
  readonly engine: SearchEngine;
  readonly queue: JobQueue;
  /** Loads assets as they are now, trashed ones included; what does not exist is left out. */
  loadForIndex(ctx: Ctx, ids: readonly string[]): Promise<readonly AssetForIndex[]>;
  /** Ids and search versions of all assets outside the trash, ascending by id. */
  listForIndex(ctx: Ctx): AsyncIterable<{ readonly id: string; readonly version: number }>;
}

export interface ReindexProgress {
  readonly done: number;
  /** Ghosts removed so far. */
  readonly removed: number;
}

/** What the index and the database disagree on; `sample` holds some of the ids. */
export interface Drift {
  /** Assets without document. */
  readonly missing: number;
  /** Documents older than their asset. */
  readonly stale: number;
  /** Documents without asset. */
  readonly ghosts: number;
  readonly sample: readonly string[];
}

export interface SearchService {
  /** For the runner of queue `search`. */
  readonly indexJob: JobDef<SearchIndexPayload>;
  /**
   * Builds documents from the database now and writes them; trashed and missing assets are removed. Resolves when the engine has them: searches in
   * this process see them at once. Running it twice changes nothing.
   */
  index(ctx: Ctx, assetIds: readonly string[]): Promise<void>;
  /** Has these indexed after the caller's transaction; every change of an asset calls it in its own transaction. */
  enqueue(ctx: Ctx, assetIds: readonly string[]): Promise<void>;
  search(ctx: Ctx, query: SearchQuery): Promise<SearchResult>;
  suggest(ctx: Ctx, prefix: string, visibleFolders: readonly string[] | null, limit: number): Promise<string[]>;
  /**
   * Indexes every asset of the workspace again and removes documents without asset; where the engine can, in a new index that takes the old one's place
   * at the end. Stops at `ctx.signal`.
   */
  reindex(ctx: Ctx, progress?: (state: ReindexProgress) => void | Promise<void>): Promise<ReindexProgress>;
  drift(ctx: Ctx): Promise<Drift>;
}

/** An asset that does not exist any more never comes back: ids are not used twice. */
const FINAL_VERSION = Number.MAX_SAFE_INTEGER;
const SAMPLE = 20;

export function createSearch({ engine, queue, loadForIndex, listForIndex }: SearchDeps): SearchService {
  /** Documents of these assets as they are now, and removals of those that are in the trash or gone. */
  async function load(ctx: Ctx, ids: readonly string[]) {
    const assets = await loadForIndex(ctx, ids);
    const found = new Set(assets.map((asset) => asset.id));
    const gone = assets.filter((asset) => asset.deleted).map(({ id, searchVersion }) => ({ id, version: searchVersion }));
    const missing = ids.filter((id) => !found.has(id)).map((id) => ({ id, version: FINAL_VERSION }));
    return { documents: assets.filter((asset) => !asset.deleted).map(buildAssetDocument), removed: [...gone, ...missing] };
  }

  async function indexBatch(ctx: Ctx, ids: readonly string[]): Promise<void> {
    const { documents, removed } = await load(ctx, ids);
    if (documents.length > 0) await engine.index(ctx, documents);
    if (removed.length > 0) await engine.remove(ctx, removed);
  }

  async function index(ctx: Ctx, assetIds: readonly string[]): Promise<void> {
    for (const batch of batches([...new Set(assetIds)])) {
      ctx.signal.throwIfAborted();
      await indexBatch(ctx, batch);
    }
  }

  async function reindex(ctx: Ctx, progress?: (state: ReindexProgress) => void | Promise<void>): Promise<ReindexProgress> {
    let state: ReindexProgress = { done: 0, removed: 0 };
    const tell = async (change: Partial<ReindexProgress>) => {
      state = { ...state, ...change };
      await progress?.(state);
    };
    if (engine.rebuild) {
      const all = async function* () {
        for await (const ids of gathered(listForIndex(ctx))) {
          ctx.signal.throwIfAborted();
          yield (await load(ctx, ids)).documents;
          await tell({ done: state.done + ids.length });
        }
      };
      await engine.rebuild(ctx, { all, load: (ids) => load(ctx, ids) });
    } else {
      for await (const ids of gathered(listForIndex(ctx))) {
        await index(ctx, ids);
        await tell({ done: state.done + ids.length });
      }
    }
    // Indexing looks each one up again, so an asset that was created meanwhile is not taken for a ghost.
    for await (const ids of gathered(ghostsOf(compare(listForIndex(ctx), engine.entries(ctx))))) {
      await index(ctx, ids);
      await tell({ removed: state.removed + ids.length });
    }
    return state;
  }

  async function drift(ctx: Ctx): Promise<Drift> {
    const counts = { missing: 0, stale: 0, ghosts: 0 };
    const sample: string[] = [];
    for await (const { id, is } of compare(listForIndex(ctx), engine.entries(ctx))) {
      ctx.signal.throwIfAborted();
      counts[is] += 1;
      if (sample.length < SAMPLE) sample.push(id);
    }
    return { ...counts, sample };
  }

  const indexJob = searchIndexJob({ index, again: (ctx, wanted) => queue.enqueue(ctx, indexJob, wanted) });
  async function enqueue(ctx: Ctx, assetIds: readonly string[]): Promise<void> {
    const payloads = batches([...new Set(assetIds)]).map((batch) => ({ assetIds: batch }));
    if (payloads.length > 0) await queue.enqueueMany(ctx, indexJob, payloads);
  }

  // An index that had to be made holds nothing yet: a new engine, or one that lost its data.
  engine.whenLost?.(async (workspaceId) => {
    const ctx = systemContext(workspaceId);
    let count = 0;
    for await (const ids of gathered(listForIndex(ctx))) {
      await enqueue(ctx, ids);
      count += ids.length;
    }
    return count;
  });

  return {
    indexJob,
    index,
    enqueue,
    search: (ctx, query) => engine.search(ctx, query),
    suggest: (ctx, prefix, visibleFolders, limit) => engine.suggest(ctx, prefix, visibleFolders, limit),
    reindex,
    drift,
  };
}

interface Entry {
  readonly id: string;
  readonly version: number;
}

interface Difference {
  readonly id: string;
  readonly is: keyof Omit<Drift, 'sample'>;
}

/** Walks two lists in id order side by side and names what differs. */
async function* compare(assets: AsyncIterable<Entry>, entries: AsyncIterable<Entry>): AsyncIterable<Difference> {
  const left = assets[Symbol.asyncIterator]();
  const right = entries[Symbol.asyncIterator]();
  try {
    let asset = await left.next();
    let entry = await right.next();
    while (!asset.done || !entry.done) {
      if (entry.done || (!asset.done && asset.value.id < entry.value.id)) {
        yield { id: asset.value.id, is: 'missing' };
        asset = await left.next();
      } else if (asset.done || entry.value.id < asset.value.id) {
        yield { id: entry.value.id, is: 'ghosts' };
        entry = await right.next();
      } else {
        if (entry.value.version < asset.value.version) yield { id: asset.value.id, is: 'stale' };
        asset = await left.next();
        entry = await right.next();
      }
    }
  } finally {
    await left.return?.();
    await right.return?.();
  }
}

async function* ghostsOf(differences: AsyncIterable<Difference>): AsyncIterable<{ id: string }> {
  for await (const { id, is } of differences) if (is === 'ghosts') yield { id };
}

async function* gathered(items: AsyncIterable<{ readonly id: string }>): AsyncIterable<string[]> {
  let ids: string[] = [];
  for await (const { id } of items) {
    if (ids.push(id) < INDEX_BATCH) continue;
    yield ids;
    ids = [];
  }
  if (ids.length > 0) yield ids;
}

function batches(ids: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(ids.length / INDEX_BATCH) }, (_, at) => ids.slice(at * INDEX_BATCH, (at + 1) * INDEX_BATCH));
}
