import type { Ctx } from '../../../context.ts';
import { conflict, invalidRequest, isError } from '../../../errors.ts';
import type { ItemDone, Jobs } from '../../core/jobs/index.ts';
import type { AssetsEditService, Changed } from './assets-edit.service.ts';
import type { AssetRow } from './assets.repository.ts';
import type { BulkAction } from './assets.schema.ts';

/** Bulk actions: each asset in a transaction of its own, with the recorded inverse for undo (decisions 6). */

type Params = Omit<BulkAction, 'ids' | 'action'>;
interface Inverse {
  readonly folder?: string;
  readonly name?: string;
  readonly addTags?: string[];
  readonly removeTags?: string[];
  readonly publication?: { on: boolean; from: string | null; until: string | null; releaseOriginal: boolean };
  readonly trash?: boolean;
}
interface Undo extends Inverse {
  /** The asset's when the action had been done: with another one it has been changed since, and is left as it is. */
  readonly rowVersion: number;
}

const UNDOABLE: ReadonlySet<BulkAction['action']> = new Set(['addTags', 'removeTags', 'move', 'publish', 'unpublish', 'trash', 'restore']);

/** The item's answer: what takes the change back, from how the asset was. */
function undoable(done: Changed, inverse: (was: AssetRow) => Inverse): ItemDone {
  return { undo: { ...inverse(done.was), rowVersion: done.rowVersion } satisfies Undo };
}

const lower = (tags: readonly string[]) => new Set(tags.map((tag) => tag.toLowerCase()));

function publicationOf(was: AssetRow): Inverse {
  return {
    publication: {
      on: was.publishedManually,
      from: was.publishFrom?.toISOString() ?? null,
      until: was.publishUntil?.toISOString() ?? null,
      releaseOriginal: was.releaseOriginal,
    },
  };
}

export function registerBulkKinds(jobs: Jobs, edit: AssetsEditService): void {
  const kinds: Record<BulkAction['action'], (ctx: Ctx, id: string, params: Params) => Promise<ItemDone>> = {
    addTags: async (ctx, id, { tags = [] }) =>
      undoable(await edit.patch(ctx, id, null, { addTags: tags }), (was) => {
        const before = lower(was.tags);
        return { removeTags: tags.filter((tag) => !before.has(tag.toLowerCase())) };
      }),
    removeTags: async (ctx, id, { tags = [] }) =>
      undoable(await edit.patch(ctx, id, null, { removeTags: tags }), (was) => {
        const removed = lower(tags);
        return { addTags: was.tags.filter((tag) => removed.has(tag.toLowerCase())) };
      }),
    move: async (ctx, id, { folder = '/' }) =>
      undoable(await edit.patch(ctx, id, null, { folder }), (was) => ({ folder: was.folderPath, name: was.name })),
    publish: async (ctx, id, { from, until, releaseOriginal }) =>
      undoable(await edit.publish(ctx, id, { from, until, releaseOriginal }), publicationOf),
    unpublish: async (ctx, id) => undoable(await edit.unpublish(ctx, id), publicationOf),
    trash: async (ctx, id) => undoable(await edit.trash(ctx, id), () => ({ trash: false })),
    restore: async (ctx, id) => {
      const done = await edit.restore(ctx, id);
      return done.changed ? undoable(done, () => ({ trash: true })) : { skipped: 'It is not in the trash.' };
    },
    retry: async (ctx, id) => {
      await edit.retry(ctx, id);
      return {};
    },
  };
  for (const [action, run] of Object.entries(kinds)) {
    jobs.registerKind({
      kind: `assets.${action}`,
      handleItem: (ctx, key, params) => run(ctx, key, params as Params),
      undoItem: (ctx, key, undo) => applyUndo(edit, ctx, key, undo as unknown as Undo),
    });
  }
}

async function applyUndo(edit: AssetsEditService, ctx: Ctx, id: string, undo: Undo): Promise<void> {
  const { rowVersion, publication, trash, ...patch } = undo;
  try {
    if (trash === true) await edit.trash(ctx, id, rowVersion);
    else if (trash === false) await edit.restore(ctx, id, rowVersion);
    else if (publication) await edit.restorePublication(ctx, id, rowVersion, publication);
    else await edit.patch(ctx, id, rowVersion, patch);
  } catch (error) {
    if (isError(error, 'precondition_failed')) throw conflict('It has changed since and was left as it is.');
    throw error;
  }
}

/** Starts a bulk action; every asset is authorised again when its turn comes. */
export async function startBulk(jobs: Jobs, ctx: Ctx, { action, ids, ...params }: BulkAction): Promise<string> {
  if ((action === 'addTags' || action === 'removeTags') && (params.tags ?? []).length === 0)
    throw invalidRequest(`"${action}" needs tags.`);
  if (action === 'move' && params.folder === undefined) throw invalidRequest('"move" needs a folder.');
  return jobs.start(ctx, { kind: `assets.${action}`, params, keys: [...new Set(ids)], undoable: UNDOABLE.has(action) });
}
