import type { Ctx } from '../../../context.ts';
import { conflict, invalidRequest, notFound, preconditionFailed } from '../../../errors.ts';
import type { TransactionRunner } from '../../../platform/database/database.ts';
import { publicationChanged, type Telemetry } from '../../../telemetry.ts';
import type { AuditLog } from '../../core/audit-log/index.ts';
import type { Permissions } from '../../core/permissions/index.ts';
import { type FoldersService, isReservedAtRoot, joinPath, nameKey, nameReserved } from '../folders/index.ts';
import type { MetadataService } from '../metadata/index.ts';
import { framingBefore, framingOf } from './assets.framing.ts';
import type { AssetsCreateService } from './assets-create.service.ts';
import { type AssetsStoreRepository, NameRace } from './assets-store.repository.ts';
import type { AssetRow, AssetsRepository } from './assets.repository.ts';
import type { AssetPatch, Publish } from './assets.schema.ts';
import type { AssetsService } from './assets.service.ts';

export interface EditDeps {
  repository: AssetsRepository;
  store: AssetsStoreRepository;
  assets: AssetsService;
  create: AssetsCreateService;
  folders: FoldersService;
  metadata: MetadataService;
  permissions: Permissions;
  audit: AuditLog;
  transactions: TransactionRunner;
  telemetry: Telemetry;
  enqueueIngest(ctx: Ctx, assetId: string, versionId: string): Promise<void>;
}

interface Change {
  readonly before: Record<string, unknown>;
  readonly after: Record<string, unknown>;
}

export interface Changed {
  /** As it was before, read under the lock. */
  readonly was: AssetRow;
  /** The row's version afterwards. */
  readonly rowVersion: number;
  /** False when there was nothing to do: nothing has been written. */
  readonly changed: boolean;
}

/**
 * Changing assets. Each method is one transaction with its audit row, index job and notifications. `rowVersion` is the one the
 * asset must have (412 `precondition_failed` otherwise), null whatever it is now.
 */
export class AssetsEditService {
  private readonly deps: EditDeps;

  constructor(deps: EditDeps) {
    this.deps = deps;
  }

  /** Edits name, place, texts, tags, values, focal point and crop. */
  patch(ctx: Ctx, id: string, rowVersion: number | null, patch: AssetPatch): Promise<Changed> {
    return this.change(ctx, id, 'edit', rowVersion, 'asset.edit', async (ctx, row) => {
      const { metadata } = this.deps;
      if (patch.name !== undefined || patch.folder !== undefined) await this.relocate(ctx, row, patch);
      const values = { ...patch.metadata };
      if (patch.title !== undefined) values['title'] = patch.title;
      if (patch.description !== undefined) values['description'] = patch.description;
      await metadata.setValues(ctx, id, values, 'person');
      if (patch.tags !== undefined) await metadata.setTags(ctx, id, patch.tags);
      await metadata.removeTags(ctx, [id], patch.removeTags ?? []);
      await metadata.addTags(ctx, [id], patch.addTags ?? [], 'person');
      await this.deps.store.setFraming(ctx, id, framingOf(patch, row));
      return {
        before: { name: row.name, folder: row.folderPath, title: row.title, tags: row.tags, ...framingBefore(patch, row) },
        after: { ...patch },
      };
    });
  }

  trash(ctx: Ctx, id: string, rowVersion: number | null = null): Promise<Changed> {
    return this.change(ctx, id, 'delete', rowVersion, 'asset.trash', async (ctx, row) => {
      await this.deps.store.setDeleted(ctx, id, true);
      return { before: { name: row.name, folder: row.folderPath }, after: { deleted: true } };
    });
  }

  /**
   * Takes an asset out of the trash; into its old folder, under a free name when its own was taken meanwhile. One
   * that is not in the trash stays as it is.
   */
  restore(ctx: Ctx, id: string, rowVersion: number | null = null): Promise<Changed> {
    return this.change(
      ctx,
      id,
      'delete',
      rowVersion,
      'asset.restore',
      async (ctx, row) => {
        if (row.deletedAt === null) return null;
        const folder = (await this.deps.folders.hold(ctx, row.folderId)) ?? (await this.anew(ctx, row));
        await this.deps.store.lockName(ctx, folder.id, row.name);
        const taken = await this.deps.repository.byName(ctx, folder.id, row.name);
        const name = taken ? await this.deps.create.freeName(ctx, folder, row.name) : row.name;
        await this.deps.store.rename(ctx, id, { folderId: folder.id, name });
        await this.deps.store.setDeleted(ctx, id, false);
        return { before: { deleted: true }, after: { name, folder: folder.path } };
      },
      { trashed: true },
    );
  }

  /** Publishes; what `window` leaves out stays as it is, so that publishing once more opens no embargo. Null takes an end away. */
  async publish(ctx: Ctx, id: string, window: Publish): Promise<Changed> {
    const done = await this.change(ctx, id, 'publish', null, 'asset.publish', async (ctx, row) => {
      const from = bound(window.from, row.publishFrom);
      const until = bound(window.until, row.publishUntil);
      if (from && until && until <= from)
        throw invalidRequest({
          detail: 'The publication would end before it begins.',
          extra: { from: from.toISOString(), until: until.toISOString() },
        });
      const releaseOriginal = window.releaseOriginal ?? row.releaseOriginal;
      await this.deps.store.setPublication(ctx, id, { on: true, from, until, releaseOriginal });
      return { before: publication(row), after: { published: true, from, until, releaseOriginal } };
    });
    publicationChanged(this.deps.telemetry, ctx, { assetId: id, published: true });
    return done;
  }

  async unpublish(ctx: Ctx, id: string): Promise<Changed> {
    const done = await this.change(ctx, id, 'publish', null, 'asset.unpublish', async (ctx, row) => {
      await this.deps.store.setPublication(ctx, id, { on: false, from: null, until: null, releaseOriginal: false });
      return { before: publication(row), after: { published: false } };
    });
    publicationChanged(this.deps.telemetry, ctx, { assetId: id, published: false });
    return done;
  }

  /** Puts a former state of publication back: the undo of bulk publishing. */
  restorePublication(
    ctx: Ctx,
    id: string,
    rowVersion: number | null,
    was: { on: boolean; from: string | null; until: string | null; releaseOriginal: boolean },
  ): Promise<Changed> {
    return this.change(ctx, id, 'publish', rowVersion, 'asset.publish', async (ctx, row) => {
      const state = {
        on: was.on,
        from: was.from ? new Date(was.from) : null,
        until: was.until ? new Date(was.until) : null,
        releaseOriginal: was.releaseOriginal,
      };
      await this.deps.store.setPublication(ctx, id, state);
      return { before: publication(row), after: { ...was } };
    });
  }

  /** Runs ingest again: after a failure, or when a tool has been installed since. */
  async retry(ctx: Ctx, id: string): Promise<void> {
    await this.change(ctx, id, 'edit', null, 'asset.retry', async (ctx, row) => {
      await this.deps.store.setProcessing(ctx, id);
      await this.deps.enqueueIngest(ctx, id, row.versionId);
      return { before: { status: row.status }, after: { status: 'processing' } };
    });
  }

  /** `work` answers null when there was nothing to do; then this does, too. */
  private async change(
    ctx: Ctx,
    id: string,
    verb: 'edit' | 'delete' | 'publish',
    rowVersion: number | null,
    action: string,
    work: (ctx: Ctx, row: AssetRow) => Promise<Change | null>,
    options: { trashed?: boolean } = {},
  ): Promise<Changed> {
    const { assets, store, audit, transactions } = this.deps;
    try {
      return await transactions.run(ctx, async (ctx) => {
        const locked = await store.lock(ctx, id);
        if (!locked) throw notFound('There is no such asset.');
        const row = await assets.authorizeOne(ctx, verb, id, options);
        if (rowVersion !== null && rowVersion !== locked.rowVersion)
          throw preconditionFailed({
            detail: 'It has changed since you read it. Read it again and repeat the change.',
            extra: { rowVersion: locked.rowVersion },
          });
        const done = await work(ctx, row);
        if (done === null) return { was: row, rowVersion: locked.rowVersion, changed: false };
        await audit.record(ctx, { action, subjectKind: 'asset', subjectId: id, before: done.before, after: done.after });
        await store.touch(ctx, [id]);
        await assets.announce(ctx, [row], action === 'asset.trash' ? 'asset.deleted' : 'asset.updated');
        // The lock is ours: `touch` has added one and nobody else can have.
        return { was: row, rowVersion: locked.rowVersion + 1, changed: true };
      });
    } catch (error) {
      if (error instanceof NameRace) throw conflict('Another asset took this name a moment ago.');
      throw error;
    }
  }

  /** The folder of a trashed asset when its own is gone. Other people may see what lies there now: only somebody who manages the place decides that. */
  private async anew(ctx: Ctx, row: AssetRow): Promise<Awaited<ReturnType<EditDeps['folders']['ensure']>>> {
    const folder = await this.deps.folders.ensure(ctx, row.folderPath);
    const managed = folder.aclId === row.aclId || (await this.deps.permissions.verbsOn(ctx, folder.aclId)).includes('manage');
    if (!managed)
      throw conflict(
        `The folder it was in is gone, and others may see what is at ${row.folderPath} now. Somebody who manages that place can restore it.`,
      );
    return folder;
  }

  private async relocate(ctx: Ctx, row: AssetRow, patch: AssetPatch): Promise<void> {
    const { folders, store, repository, create, permissions } = this.deps;
    const folder =
      patch.folder === undefined ? { id: row.folderId, path: row.folderPath, aclId: row.aclId } : await folders.ensure(ctx, patch.folder);
    if (folder.aclId !== row.aclId) {
      await permissions.authorizeAcls(ctx, 'create', [folder.aclId]);
      await permissions.mustNotGain(ctx, await permissions.maskOn(ctx, row.aclId), folder.aclId);
    }
    const wanted = patch.name === undefined ? row.name : nameKey(patch.name);
    if (folder.id === row.folderId && wanted === row.name) return;
    if (folder.path === '/' && isReservedAtRoot(wanted)) throw nameReserved(`"${wanted}" cannot be the name of a file at the root.`);
    await store.lockName(ctx, folder.id, wanted);
    const holder = await repository.byName(ctx, folder.id, wanted);
    const taken = holder !== null && holder.id !== row.id;
    // A rename to a name in use is a mistake to tell; a move keeps both files.
    if (taken && patch.name !== undefined) throw conflict({ detail: `"${wanted}" exists in ${folder.path}.`, extra: { name: wanted } });
    const name = taken ? await create.freeName(ctx, folder, wanted) : wanted;
    await store.rename(ctx, row.id, { folderId: folder.id, name });
    await folders.aliasAsset(ctx, joinPath(row.folderPath, row.name), row.id);
  }
}

/** One end of a publication window: absent = as it was, null = none. */
function bound(given: string | null | undefined, was: Date | null): Date | null {
  if (given === undefined) return was;
  return given === null ? null : new Date(given);
}

function publication(row: AssetRow): Record<string, unknown> {
  return { published: row.publishedManually, from: row.publishFrom, until: row.publishUntil, releaseOriginal: row.releaseOriginal };
}
