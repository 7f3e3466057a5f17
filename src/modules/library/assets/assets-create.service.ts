import type { Ctx } from '../../../context.ts';
import { conflict, defineError } from '../../../errors.ts';
import type { TransactionRunner } from '../../../platform/database/database.ts';
import { keys } from '../../../platform/storage/keys.ts';
import type { Storage } from '../../../platform/storage/storage.ts';
import type { AuditLog } from '../../core/audit-log/index.ts';
import type { Permissions } from '../../core/permissions/index.ts';
import {
  type FolderRow,
  type FoldersService,
  isReservedAtRoot,
  nameKey,
  nameReserved,
  numbered,
  splitExtension,
} from '../folders/index.ts';
import type { FieldValue, MetadataService } from '../metadata/index.ts';
import { type AssetsStoreRepository, NameRace } from './assets-store.repository.ts';
import type { AssetRow, AssetsRepository } from './assets.repository.ts';
import type { AssetsService } from './assets.service.ts';

const nameTaken = defineError('name_taken', 409, 'There is already an asset of this name here');

export interface NewAsset {
  /** Stored and verified bytes. */
  readonly blob: { id: string; sha256: string; bytes: number };
  /** As received; becomes a safe name here. */
  readonly filename: string;
  readonly folder: string;
  readonly tags: readonly string[];
  readonly title?: string;
  readonly metadata?: Record<string, FieldValue | null>;
  readonly publish: boolean;
  readonly onConflict: 'rename' | 'version' | 'fail';
  readonly onDuplicate: 'keep' | 'skip' | 'version';
}

export interface Created {
  readonly assetId: string;
  /** False when an equal asset was kept instead (`onDuplicate=skip`). */
  readonly created: boolean;
}

export interface CreateDeps {
  repository: AssetsRepository;
  store: AssetsStoreRepository;
  assets: AssetsService;
  folders: FoldersService;
  metadata: MetadataService;
  permissions: Permissions;
  audit: AuditLog;
  transactions: TransactionRunner;
  storage: Pick<Storage, 'head'>;
  addUsage(ctx: Ctx, bytes: number): Promise<void>;
  enqueueIngest(ctx: Ctx, assetId: string, versionId: string): Promise<void>;
}

const NAME_ATTEMPTS = 5;

/** Turns stored bytes into an asset: step P6 of the commit protocol, one transaction with everything that follows from it. */
export class AssetsCreateService {
  private readonly deps: CreateDeps;

  constructor(deps: CreateDeps) {
    this.deps = deps;
  }

  /**
   * Runs `create` and what the caller adds in one transaction, again from the start when another upload took the name in between.
   * @param around called inside the transaction after the asset exists, e.g. to finish the upload's row
   */
  async commit(ctx: Ctx, input: NewAsset, around: (ctx: Ctx, created: Created) => Promise<void>): Promise<Created> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.deps.transactions.run(ctx, async (ctx) => {
          const created = await this.create(ctx, input);
          await around(ctx, created);
          return created;
        });
      } catch (error) {
        if (attempt >= NAME_ATTEMPTS || !(error instanceof NameRace)) throw error;
      }
    }
  }

  private async create(ctx: Ctx, input: NewAsset): Promise<Created> {
    const { deps } = this;
    const folder = await deps.folders.ensure(ctx, input.folder);
    const blobId = await this.registerBlob(ctx, input.blob);
    if (input.onDuplicate !== 'keep') {
      const twin = (await deps.assets.readableTwins(ctx, blobId, null))[0];
      if (twin && input.onDuplicate === 'skip') return this.keepTwin(ctx, twin, input);
      if (twin) return this.addVersion(ctx, twin, blobId, input);
    }
    const name = nameKey(input.filename);
    if (folder.path === '/' && isReservedAtRoot(name)) throw nameReserved(`"${name}" cannot be the name of a file at the root.`);
    await deps.store.lockName(ctx, folder.id, name);
    const holder = await deps.repository.byName(ctx, folder.id, name);
    if (holder && input.onConflict === 'fail')
      throw nameTaken({ detail: `"${name}" exists in ${folder.path}.`, extra: { name, folder: folder.path } });
    if (holder && input.onConflict === 'version') return this.addVersion(ctx, holder, blobId, input);
    if (input.publish) await deps.permissions.authorizeAcls(ctx, 'publish', [folder.aclId]);
    const free = holder ? await this.freeName(ctx, folder, name) : name;
    const assetId = await deps.store.insertAsset(ctx, { folderId: folder.id, name: free });
    const version = await deps.store.insertVersion(ctx, {
      assetId,
      blobId,
      originalName: originalName(input),
      bytes: input.blob.bytes,
    });
    await this.describe(ctx, assetId, input);
    if (input.publish) await deps.store.setPublication(ctx, assetId, { on: true, from: null, until: null, releaseOriginal: false });
    await deps.addUsage(ctx, input.blob.bytes);
    await deps.audit.record(ctx, {
      action: 'asset.create',
      subjectKind: 'asset',
      subjectId: assetId,
      after: { name: free, folder: folder.path, sha256: input.blob.sha256, bytes: input.blob.bytes, published: input.publish },
    });
    await deps.enqueueIngest(ctx, assetId, version.id);
    await deps.assets.announce(ctx, [{ id: assetId, aclId: folder.aclId }], 'asset.created');
    return { assetId, created: true };
  }

  /** The bytes' blob: an older one of equal bytes while its object is there, else one with the object of this upload. */
  private async registerBlob(ctx: Ctx, blob: NewAsset['blob']): Promise<string> {
    const { store, storage } = this.deps;
    const isWhole = async (id: string) => (await storage.head(keys.original(ctx.workspaceId, id)))?.bytes === blob.bytes;
    const standing = await store.upsertBlob(ctx, blob);
    if (standing === blob.id || ((await isWhole(standing)) && (await store.holdBlob(ctx, standing)))) return standing;
    // Its object is gone: what has just been uploaded is the only copy. Another upload may be mending it now, so look again alone.
    const locked = await store.lockBlob(ctx, blob.sha256);
    if (await isWhole(locked)) return locked;
    await store.repointBlob(ctx, locked, blob.id);
    return blob.id;
  }

  /** An equal asset stays instead of a new one; made public when that was wished. */
  private async keepTwin(ctx: Ctx, twin: AssetRow, input: NewAsset): Promise<Created> {
    const { store, audit, assets } = this.deps;
    if (input.publish && (await this.publishExisting(ctx, twin))) {
      await audit.record(ctx, {
        action: 'asset.publish',
        subjectKind: 'asset',
        subjectId: twin.id,
        before: { published: twin.publishedManually },
        after: { published: true },
      });
      await store.touch(ctx, [twin.id]);
      await assets.announce(ctx, [twin], 'asset.updated');
    }
    return { assetId: twin.id, created: false };
  }

  /** As publishing it, with the right to do so; false when it was published already. */
  private async publishExisting(ctx: Ctx, asset: AssetRow): Promise<boolean> {
    await this.deps.permissions.authorizeAcls(ctx, 'publish', [asset.aclId]);
    if (asset.publishedManually) return false;
    await this.deps.store.publish(ctx, asset.id);
    return true;
  }

  /** Replaces the file of an asset, keeping its identity; needs the verb `replace`. */
  private async addVersion(ctx: Ctx, asset: AssetRow, blobId: string, input: NewAsset): Promise<Created> {
    const { deps } = this;
    await deps.permissions.authorizeAcls(ctx, 'replace', [asset.aclId]);
    const version = await deps.store.insertVersion(ctx, {
      assetId: asset.id,
      blobId,
      originalName: originalName(input),
      bytes: input.blob.bytes,
    });
    await this.describe(ctx, asset.id, input);
    if (input.publish) await this.publishExisting(ctx, asset);
    await deps.addUsage(ctx, input.blob.bytes);
    await deps.audit.record(ctx, {
      action: 'asset.replace',
      subjectKind: 'asset',
      subjectId: asset.id,
      before: { version: asset.versionNumber, published: asset.publishedManually },
      after: {
        version: version.number,
        sha256: input.blob.sha256,
        bytes: input.blob.bytes,
        published: asset.publishedManually || input.publish,
      },
    });
    await deps.enqueueIngest(ctx, asset.id, version.id);
    await deps.store.touch(ctx, [asset.id]);
    await deps.assets.announce(ctx, [asset], 'asset.updated');
    return { assetId: asset.id, created: true };
  }

  private async describe(ctx: Ctx, assetId: string, input: NewAsset): Promise<void> {
    const values: Record<string, FieldValue | null> = { ...input.metadata };
    if (input.title !== undefined && input.title !== '') values['title'] = input.title;
    await this.deps.metadata.setValues(ctx, assetId, values, 'person');
    await this.deps.metadata.addTags(ctx, [assetId], input.tags, 'person');
  }

  /** The first free `name-2`, `name-3`, … in the folder. */
  async freeName(ctx: Ctx, folder: Pick<FolderRow, 'id'>, name: string): Promise<string> {
    const { stem, extension } = splitExtension(name);
    const taken = await this.deps.repository.takenNames(ctx, folder.id, stem, extension);
    for (let n = 2; n < 100_000; n++) {
      const candidate = numbered(name, n);
      if (!taken.has(candidate)) {
        if ((await this.deps.repository.byName(ctx, folder.id, candidate)) === null) return candidate;
      }
    }
    throw conflict('There are too many files of this name in the folder.');
  }
}

/** The client's name, kept as data: without what PostgreSQL has no place for. */
function originalName(input: NewAsset): string {
  return input.filename.toWellFormed().replaceAll('\u0000', '');
}
