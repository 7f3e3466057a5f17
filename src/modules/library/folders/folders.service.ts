import type { Ctx } from '../../../context.ts';
import { conflict, defineError, invalidRequest, notFound, preconditionFailed } from '../../../errors.ts';
import type { TransactionRunner } from '../../../platform/database/database.ts';
import type { AuditLog } from '../../core/audit-log/index.ts';
import type { Permissions, Verb } from '../../core/permissions/index.ts';
import { checkFolderLimits } from './folders.limits.ts';
import { depthOf, isReservedAtRoot, joinPath, nameKey, pathParts } from './folders.path.ts';
import type { FolderAccessRepository } from './folder-access.repository.ts';
import type { FolderRow, FoldersRepository, FolderWithCounts } from './folders.repository.ts';

export const nameReserved = defineError('name_reserved', 422, 'This name is reserved at the root');
const folderNotEmpty = defineError('folder_not_empty', 409, 'The folder is not empty');

const ALIAS_DAYS = 400;
/** Each is lost to somebody who made, moved or deleted a folder of the path a moment before. */
const ENSURE_ATTEMPTS = 10;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export interface FoldersDeps {
  repository: FoldersRepository;
  access: FolderAccessRepository;
  transactions: TransactionRunner;
  permissions: Permissions;
  audit: AuditLog;
  /** Called in the transaction that moved a folder, with the assets below it: the words of their path have changed. */
  onMoved(ctx: Ctx, assetIds: string[]): Promise<void>;
  /** Called in the transaction of every change, for open browsers. */
  onChanged(ctx: Ctx, folderId: string): Promise<void>;
}

/** Folders: places with a path. Assets know only their folder's id, so moves touch folder rows alone. */
export class FoldersService {
  private readonly deps: FoldersDeps;

  constructor(deps: FoldersDeps) {
    this.deps = deps;
  }

  /** Makes the root folder of a new workspace. */
  async createRoot(ctx: Ctx, aclId: string): Promise<void> {
    await this.deps.repository.insert(ctx, { parentId: null, name: '', path: '/', aclId });
  }

  /** A folder by id or path; `not_found` also when the actor may not `verb` there. */
  async resolve(ctx: Ctx, pathOrId: string, verb: Verb): Promise<FolderRow> {
    const { repository, permissions } = this.deps;
    const row = UUID.test(pathOrId)
      ? (await repository.byIds(ctx, [pathOrId]))[0]
      : (await repository.byPaths(ctx, [canonical(pathOrId)]))[0];
    const missing = 'There is no such folder.';
    if (!row) throw notFound(missing);
    await permissions.authorizeAcls(ctx, verb, [row.aclId], missing);
    return row;
  }

  byIds(ctx: Ctx, ids: readonly string[]): Promise<FolderRow[]> {
    return this.deps.repository.byIds(ctx, ids);
  }

  /** The deepest folder of the path that exists, and the paths still to make; the actor may create there. */
  private async locate(ctx: Ctx, path: string): Promise<{ folder: FolderRow; missing: string[] }> {
    const parts = pathParts(path);
    if (!parts) throw invalidRequest('A folder path may not hold "." or "..".');
    checkFolderLimits({ depth: parts.length, bytes: Buffer.byteLength(`/${parts.join('/')}`) });
    if (parts[0] !== undefined && isReservedAtRoot(parts[0])) throw nameReserved(`"${parts[0]}" cannot be the name of a top folder.`);
    const paths = ['/'];
    for (const part of parts) paths.push(joinPath(paths[paths.length - 1] ?? '/', part));
    const existing = await this.deps.repository.byPaths(ctx, paths);
    const folder = existing[existing.length - 1];
    if (!folder) throw notFound('The workspace has no root folder.');
    await this.deps.permissions.authorizeAcls(ctx, 'create', [folder.aclId]);
    return { folder, missing: paths.slice(existing.length) };
  }

  /** Refuses early, before bytes are taken, what `ensure` would refuse later. */
  async checkCreate(ctx: Ctx, path: string): Promise<void> {
    await this.locate(ctx, path);
  }

  /** Refuses somebody who may create nowhere, while it is not yet known where they want to. */
  async checkCreateSomewhere(ctx: Ctx): Promise<void> {
    const filter = await this.deps.permissions.visible(ctx, 'create');
    if (!filter.all && filter.aclIds.length === 0) throw notFound('There is no folder in which you may create.');
  }

  /**
   * The folder at a path, made with its missing parents when the actor may create there. Until the caller's transaction ends it is
   * neither moved nor deleted, so that what is put into it stays where it was meant to be.
   */
  async ensure(ctx: Ctx, path: string): Promise<FolderRow> {
    for (let attempt = 1; attempt <= ENSURE_ATTEMPTS; attempt++) {
      const { folder, missing } = await this.locate(ctx, path);
      const ensured = await this.makeBelow(ctx, folder, missing);
      if (ensured) return ensured;
    }
    throw conflict('The folder is being changed by others just now. Try again.');
  }

  /** A live folder by id, kept as `ensure` keeps it; null when it is gone. */
  hold(ctx: Ctx, id: string): Promise<FolderRow | null> {
    return this.deps.repository.hold(ctx, id);
  }

  /** Null when the folders are no longer as they were found: look again. Holding the deepest one keeps its ancestors, too. */
  private async makeBelow(ctx: Ctx, deepest: FolderRow, missing: readonly string[]): Promise<FolderRow | null> {
    let folder = await this.deps.repository.hold(ctx, deepest.id, deepest.path);
    // The actor's right was asked for the permission root it had then.
    if (folder?.aclId !== deepest.aclId) return null;
    for (const next of missing) {
      const name = next.slice(next.lastIndexOf('/') + 1);
      folder = await this.deps.repository.insert(ctx, { parentId: folder.id, name, path: next, aclId: folder.aclId });
      if (!folder) return null;
      await this.deps.onChanged(ctx, folder.id);
    }
    return folder;
  }

  async create(ctx: Ctx, path: string): Promise<FolderWithCounts> {
    return this.deps.transactions.run(ctx, async (ctx) => {
      const folder = await this.ensure(ctx, path);
      await this.deps.audit.record(ctx, {
        action: 'folder.create',
        subjectKind: 'folder',
        subjectId: folder.id,
        after: { path: folder.path },
      });
      return this.read(ctx, folder.id);
    });
  }

  async read(ctx: Ctx, id: string): Promise<FolderWithCounts> {
    const filter = await this.deps.permissions.visible(ctx, 'list');
    const row = await this.deps.repository.withCounts(ctx, id, filter.all ? null : filter.aclIds);
    if (!row) throw notFound();
    return row;
  }

  /** Folders the actor may list, by path. */
  async list(
    ctx: Ctx,
    query: { parent?: string; cursor?: string; limit: number },
  ): Promise<{ items: FolderWithCounts[]; nextCursor: string | null }> {
    const filter = await this.deps.permissions.visible(ctx, 'list');
    const parent = query.parent === undefined ? undefined : await this.resolve(ctx, query.parent, 'list');
    const afterPath = query.cursor === undefined ? undefined : Buffer.from(query.cursor, 'base64url').toString();
    const rows = await this.deps.repository.list(ctx, {
      acls: filter.all ? null : [...filter.aclIds],
      parentId: parent?.id,
      afterPath,
      limit: query.limit + 1,
    });
    const items = rows.slice(0, query.limit);
    const last = items[items.length - 1];
    return { items, nextCursor: rows.length > query.limit && last ? Buffer.from(last.path).toString('base64url') : null };
  }

  /** Ids of the folders on which the actor holds the verb; null = every folder of the workspace. */
  async visibleFolders(ctx: Ctx, verb: Verb): Promise<string[] | null> {
    const filter = await this.deps.permissions.visible(ctx, verb);
    return filter.all ? null : this.deps.repository.idsByAcls(ctx, [...filter.aclIds]);
  }

  /** Renames or moves; old addresses keep working through aliases for 400 days. */
  async change(ctx: Ctx, id: string, rowVersion: number, patch: { name?: string; parent?: string }): Promise<FolderWithCounts> {
    const { repository, transactions, audit } = this.deps;
    return transactions.run(ctx, async (ctx) => {
      await repository.lockTree(ctx);
      const folder = await this.resolve(ctx, id, 'edit');
      if (folder.rowVersion !== rowVersion)
        throw preconditionFailed({
          detail: 'It has changed since you read it. Read it again and repeat the change.',
          extra: { rowVersion: folder.rowVersion },
        });
      if (folder.parentId === null) throw conflict('The root folder cannot be renamed or moved.');
      const oldParent = (await repository.byIds(ctx, [folder.parentId]))[0];
      const parent = patch.parent === undefined ? oldParent : await this.resolve(ctx, patch.parent, 'create');
      if (!parent || !oldParent) throw notFound('There is no such parent folder.');
      if (parent.path === folder.path || parent.path.startsWith(`${folder.path}/`)) throw conflict('A folder cannot be moved into itself.');
      const name = patch.name === undefined ? folder.name : nameKey(patch.name);
      if (parent.path === '/' && isReservedAtRoot(name)) throw nameReserved(`"${name}" cannot be the name of a top folder.`);
      const path = joinPath(parent.path, name);
      if (path === folder.path) return this.read(ctx, id);
      // Nobody makes a folder of this path, or one below, from here on.
      await repository.lock(ctx, parent.id);
      await repository.lockBelow(ctx, folder.path);
      if ((await repository.byPaths(ctx, [path])).length > 0) throw conflict(`There is already a folder at ${path}.`);
      const extent = await repository.extent(ctx, folder.path);
      checkFolderLimits({
        depth: extent.depth - depthOf(folder.path) + depthOf(path),
        bytes: extent.bytes - Buffer.byteLength(folder.path) + Buffer.byteLength(path),
      });
      const until = new Date(ctx.clock.now().getTime() + ALIAS_DAYS * 86_400_000);
      await repository.relocate(ctx, folder, { parentId: parent.id, name, path });
      await this.rehang(ctx, folder.id, oldParent.aclId, parent.aclId);
      await repository.addAlias(ctx, { path: folder.path, folderId: folder.id, until });
      await audit.record(ctx, {
        action: 'folder.move',
        subjectKind: 'folder',
        subjectId: id,
        before: { path: folder.path },
        after: { path },
      });
      await this.deps.onMoved(ctx, await repository.assetIdsBelow(ctx, path));
      await this.deps.onChanged(ctx, id);
      return this.read(ctx, id);
    });
  }

  /**
   * After a move: what had the old parent's acl gets the new one's, and acls of folders below that hung under the old one hang under
   * the new one. Whoever moves them along must be allowed to edit there, too, and gains nothing by it.
   * @throws rights_gained
   */
  private async rehang(ctx: Ctx, id: string, from: string, to: string): Promise<void> {
    const { access, permissions } = this.deps;
    if (from === to) return;
    const own = (await access.aclsBelow(ctx, id)).filter((aclId) => aclId !== from);
    if (own.length > 0) await permissions.authorizeAcls(ctx, 'edit', own);
    await permissions.mustNotGain(ctx, await permissions.maskOn(ctx, from), to);
    const before = new Map<string, number>();
    for (const aclId of own) before.set(aclId, await permissions.maskOn(ctx, aclId));
    await access.setAcl(ctx, id, from, to);
    await permissions.rehangAcls(ctx, own, from, to);
    for (const [aclId, mask] of before) await permissions.mustNotGain(ctx, mask, aclId);
  }

  async remove(ctx: Ctx, id: string): Promise<void> {
    const { repository, transactions, audit } = this.deps;
    await transactions.run(ctx, async (ctx) => {
      await repository.lockTree(ctx);
      const folder = await this.resolve(ctx, id, 'delete');
      if (folder.parentId === null) throw conflict('The root folder cannot be deleted.');
      await repository.lock(ctx, id);
      if (!(await repository.isEmpty(ctx, id))) throw folderNotEmpty('Move or delete what is inside first.');
      await repository.softDelete(ctx, id);
      await audit.record(ctx, { action: 'folder.delete', subjectKind: 'folder', subjectId: id, before: { path: folder.path } });
      await this.deps.onChanged(ctx, id);
    });
  }

  /** Ids of the folder at a path or id and of all below it; null when there is none (search and list filters). */
  async treeIds(ctx: Ctx, pathOrId: string): Promise<string[] | null> {
    const parts = UUID.test(pathOrId) ? null : pathParts(pathOrId);
    const row =
      parts === null
        ? (await this.deps.repository.byIds(ctx, UUID.test(pathOrId) ? [pathOrId] : []))[0]
        : (await this.deps.repository.byPaths(ctx, [`/${parts.join('/')}`]))[0];
    return row ? this.deps.repository.idsBelow(ctx, row.path) : null;
  }

  /** Remembers the old address of an asset that was renamed or moved. */
  async aliasAsset(ctx: Ctx, path: string, assetId: string): Promise<void> {
    await this.deps.repository.addAlias(ctx, { path, assetId, until: new Date(ctx.clock.now().getTime() + ALIAS_DAYS * 86_400_000) });
  }

  /**
   * Where an old path leads now: an asset id, or the present path when a folder on the way was moved. Null when nothing is known.
   */
  async followAlias(ctx: Ctx, path: string): Promise<{ assetId: string } | { path: string } | null> {
    const parts = pathParts(path);
    if (!parts) return null;
    const prefixes: string[] = [];
    for (const part of parts) prefixes.push(joinPath(prefixes[prefixes.length - 1] ?? '/', part));
    for (const alias of await this.deps.repository.aliasesOf(ctx, prefixes)) {
      if (alias.assetId !== null && alias.path === `/${parts.join('/')}`) return { assetId: alias.assetId };
      if (alias.folderPath !== null) return { path: joinPath(alias.folderPath, path.slice(alias.path.length + 1)) };
    }
    return null;
  }
}

function canonical(path: string): string {
  const parts = pathParts(path);
  if (!parts) throw invalidRequest('A folder path may not hold "." or "..".');
  return `/${parts.join('/')}`;
}
