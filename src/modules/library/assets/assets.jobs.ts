import type { Ctx } from '../../../context.ts';
import { invalidRequest } from '../../../errors.ts';
import type { Jobs } from '../../core/jobs/index.ts';
import type { AssetsEditService } from './assets-edit.service.ts';
import type { BulkAction } from './assets.schema.ts';
import type { AssetsService } from './assets.service.ts';

/** Bulk actions: each asset in a transaction of its own, with the recorded inverse for undo (decisions 6). */

type Params = Omit<BulkAction, 'ids' | 'action'>;
interface Undo {
  readonly folder?: string;
  readonly name?: string;
  readonly addTags?: string[];
  readonly removeTags?: string[];
  readonly publication?: { on: boolean; from: string | null; until: string | null; releaseOriginal: boolean };
  readonly trash?: boolean;
}

const UNDOABLE: ReadonlySet<BulkAction['action']> = new Set(['addTags', 'removeTags', 'move', 'publish', 'unpublish', 'trash', 'restore']);

export function registerBulkKinds(jobs: Jobs, assets: AssetsService, edit: AssetsEditService): void {
  const kinds: Record<BulkAction['action'], (ctx: Ctx, id: string, params: Params) => Promise<Undo | undefined>> = {
    addTags: async (ctx, id, { tags = [] }) => {
      const row = await assets.authorizeOne(ctx, 'edit', id);
      const before = new Set(row.tags.map((tag) => tag.toLowerCase()));
      await edit.patch(ctx, id, null, { addTags: tags });
      return { removeTags: tags.filter((tag) => !before.has(tag.toLowerCase())) };
    },
    removeTags: async (ctx, id, { tags = [] }) => {
      const row = await assets.authorizeOne(ctx, 'edit', id);
      const wanted = new Set(tags.map((tag) => tag.toLowerCase()));
      await edit.patch(ctx, id, null, { removeTags: tags });
      return { addTags: row.tags.filter((tag) => wanted.has(tag.toLowerCase())) };
    },
    move: async (ctx, id, { folder = '/' }) => {
      const row = await assets.authorizeOne(ctx, 'edit', id);
      await edit.patch(ctx, id, null, { folder });
      return { folder: row.folderPath, name: row.name };
    },
    publish: async (ctx, id, { releaseOriginal }) => {
      const undo = await publication(ctx, id);
      await edit.publish(ctx, id, { releaseOriginal });
      return undo;
    },
    unpublish: async (ctx, id) => {
      const undo = await publication(ctx, id);
      await edit.unpublish(ctx, id);
      return undo;
    },
    trash: async (ctx, id) => {
      await edit.trash(ctx, id);
      return { trash: false };
    },
    restore: async (ctx, id) => {
      await edit.restore(ctx, id);
      return { trash: true };
    },
    retry: async (ctx, id) => {
      await edit.retry(ctx, id);
      return undefined;
    },
  };
  async function publication(ctx: Ctx, id: string): Promise<Undo> {
    const row = await assets.authorizeOne(ctx, 'publish', id);
    return {
      publication: {
        on: row.publishedManually,
        from: row.publishFrom?.toISOString() ?? null,
        until: row.publishUntil?.toISOString() ?? null,
        releaseOriginal: row.releaseOriginal,
      },
    };
  }
  for (const [action, run] of Object.entries(kinds)) {
    jobs.registerKind({
      kind: `assets.${action}`,
      handleItem: async (ctx, key, params) => ({ undo: await run(ctx, key, params as Params) }),
      undoItem: async (ctx, key, undo) => applyUndo(edit, ctx, key, undo as Undo),
    });
  }
}

async function applyUndo(edit: AssetsEditService, ctx: Ctx, id: string, undo: Undo): Promise<void> {
  if (undo.trash === true) await edit.trash(ctx, id);
  if (undo.trash === false) await edit.restore(ctx, id);
  if (undo.publication) await edit.restorePublication(ctx, id, undo.publication);
  if (undo.folder !== undefined) await edit.patch(ctx, id, null, { folder: undo.folder });
  if (undo.addTags || undo.removeTags) await edit.patch(ctx, id, null, { addTags: undo.addTags, removeTags: undo.removeTags });
}

/** Starts a bulk action; every asset is authorised again when its turn comes. */
export async function startBulk(jobs: Jobs, ctx: Ctx, { action, ids, ...params }: BulkAction): Promise<string> {
  if ((action === 'addTags' || action === 'removeTags') && (params.tags ?? []).length === 0)
    throw invalidRequest(`"${action}" needs tags.`);
  if (action === 'move' && params.folder === undefined) throw invalidRequest('"move" needs a folder.');
  return jobs.start(ctx, { kind: `assets.${action}`, params, keys: [...new Set(ids)], undoable: UNDOABLE.has(action) });
}
