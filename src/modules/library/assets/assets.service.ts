import type { Ctx } from '../../../context.ts';
import { invalidRequest, notFound } from '../../../errors.ts';
import type { Notifications } from '../../../platform/database/database.ts';
import type { Live } from '../../core/live/index.ts';
import type { Permissions, Verb } from '../../core/permissions/index.ts';
import type { UsageDay } from '../delivery/index.ts';
import type { ExplainQuery, ExplanationDto, FoldersService } from '../folders/index.ts';
import { type AssetUrls, type DetailExtras, toDetail, toItem } from './assets.dto.ts';
import { ASSET_CHANGED_CHANNEL, type AssetEvent } from './assets.events.ts';
import type { BrowseSort } from './assets.browse.ts';
import type { AssetRow, AssetsRepository } from './assets.repository.ts';
import type { AssetDto, AssetItemDto, DeliveredDto, VersionListDto } from './assets.schema.ts';

export interface AssetsDeps {
  repository: AssetsRepository;
  permissions: Permissions;
  folders: FoldersService;
  /** Why somebody may or may not do something on an acl; `thing` is what is asked about. */
  explain(ctx: Ctx, aclId: string, query: ExplainQuery, thing: { missing: string; createdBy: string | null }): Promise<ExplanationDto>;
  live: Live;
  notifications: Notifications;
  /** Addresses of an asset for this caller: previews carry a token of theirs. */
  urls(ctx: Ctx, row: AssetRow): AssetUrls;
  /** Deliveries of the last days, one entry each. */
  delivered(ctx: Ctx, assetId: string, days: number): Promise<readonly UsageDay[]>;
  renditions(ctx: Ctx, versionId: string): Promise<DetailExtras['renditions']>;
  /** Puts the assets' search documents in order; called in the transaction of each change. */
  index(ctx: Ctx, ids: readonly string[]): Promise<void>;
}

export interface BrowseParams {
  readonly folders: readonly string[] | null;
  readonly trashed: boolean;
  readonly sort: BrowseSort;
  readonly descending: boolean;
  readonly limit: number;
  readonly cursor?: string;
}

export interface Page {
  readonly items: AssetItemDto[];
  readonly nextCursor: string | null;
  readonly total: { value: number; relation: 'eq' | 'gte' };
}

const COUNT_CAP = 10_000;
const NO_ASSET = 'There is no such asset.';

/** Reading assets, and the one place where access to them is decided. */
export class AssetsService {
  private readonly deps: AssetsDeps;

  constructor(deps: AssetsDeps) {
    this.deps = deps;
  }

  /**
   * The rows of these assets, in the order asked for.
   * @throws not_found when any is missing or the actor lacks the verb on it: both look the same (decisions 4)
   */
  async authorize(ctx: Ctx, verb: Verb, ids: readonly string[], options: { trashed?: boolean } = {}): Promise<AssetRow[]> {
    const rows = await this.deps.repository.rows(ctx, ids, options);
    const byId = new Map(rows.map((row) => [row.id, row]));
    const found = ids.map((id) => byId.get(id));
    if (found.some((row) => row === undefined)) throw notFound(NO_ASSET);
    await this.mayAll(ctx, verb, rows);
    return found.filter((row): row is AssetRow => row !== undefined);
  }

  /** What one has uploaded oneself needs only `delete_own` to be deleted (ADR 0501). */
  private async mayAll(ctx: Ctx, verb: Verb, rows: readonly AssetRow[]): Promise<void> {
    const { permissions } = this.deps;
    const own = verb === 'delete' ? rows.filter((row) => isOwn(ctx, row)) : [];
    const others = rows.filter((row) => !own.includes(row));
    if (others.length > 0 || own.length === 0) {
      await permissions.authorizeAcls(
        ctx,
        verb,
        others.map((row) => row.aclId),
        NO_ASSET,
      );
    }
    for (const aclId of new Set(own.map((row) => row.aclId))) {
      const verbs = await permissions.verbsOn(ctx, aclId);
      if (!verbs.includes('delete') && !verbs.includes('delete_own')) throw notFound(NO_ASSET);
    }
  }

  /** Like `authorize` for one asset. */
  async authorizeOne(ctx: Ctx, verb: Verb, id: string, options: { trashed?: boolean } = {}): Promise<AssetRow> {
    const [row] = await this.authorize(ctx, verb, [id], options);
    if (!row) throw notFound(NO_ASSET);
    return row;
  }

  /** @throws not_found, also for those who may not ask */
  async explain(ctx: Ctx, id: string, query: ExplainQuery): Promise<ExplanationDto> {
    const [row] = await this.deps.repository.rows(ctx, [id], { trashed: true });
    if (!row) throw notFound(NO_ASSET);
    return this.deps.explain(ctx, row.aclId, query, { missing: NO_ASSET, createdBy: row.createdBy });
  }

  async get(ctx: Ctx, id: string): Promise<AssetDto> {
    const { repository, permissions } = this.deps;
    const row = await repository.detail(ctx, id);
    if (!row) throw notFound(NO_ASSET);
    await permissions.authorizeAcls(ctx, 'read', [row.aclId], NO_ASSET);
    const [renditions, granted, twins] = await Promise.all([
      this.deps.renditions(ctx, row.versionId),
      permissions.verbsOn(ctx, row.aclId),
      this.readableTwins(ctx, row.blobId, row.id),
    ]);
    const older = twins.find(
      (twin) => twin.createdAt < row.createdAt || (twin.createdAt.getTime() === row.createdAt.getTime() && twin.id < row.id),
    );
    const mayDelete = isOwn(ctx, row) && granted.includes('delete_own') && !granted.includes('delete');
    const verbs: Verb[] = mayDelete ? [...granted, 'delete'] : granted;
    return toDetail(row, this.deps.urls(ctx, row), ctx.clock.now(), { renditions, verbs, duplicateOf: older?.id ?? null });
  }

  /** Live assets with the same bytes that the actor may read, oldest first. */
  async readableTwins(ctx: Ctx, blobId: string, exceptId: string | null): Promise<AssetRow[]> {
    const rows = await this.deps.repository.withBlob(ctx, blobId, exceptId);
    const filter = await this.deps.permissions.visible(ctx, 'read');
    return filter.all ? rows : rows.filter((row) => filter.aclIds.includes(row.aclId));
  }

  /** Items for ids that a search found, in its order; what is gone or hidden by now is left out. */
  async items(ctx: Ctx, ids: readonly string[]): Promise<AssetItemDto[]> {
    const filter = await this.deps.permissions.visible(ctx, 'list');
    const visible = filter.all ? null : new Set(filter.aclIds);
    const byId = new Map((await this.deps.repository.rows(ctx, ids)).map((row) => [row.id, row]));
    return ids.flatMap((id) => {
      const row = byId.get(id);
      return row && (visible === null || visible.has(row.aclId)) ? [this.item(ctx, row)] : [];
    });
  }

  item(ctx: Ctx, row: AssetRow): AssetItemDto {
    return toItem(row, this.deps.urls(ctx, row), ctx.clock.now());
  }

  /** Browsing straight from the database: always current, and there when the search engine is not. */
  async browse(ctx: Ctx, params: BrowseParams): Promise<Page> {
    const visible = await this.deps.folders.visibleFolders(ctx, 'list');
    const folders = intersect(visible, params.folders);
    const after = params.cursor === undefined ? null : readCursor(params.cursor, params);
    const [rows, counted] = await Promise.all([
      this.deps.repository.browse(ctx, {
        folders,
        trashed: params.trashed,
        sort: params.sort,
        descending: params.descending,
        after,
        limit: params.limit + 1,
      }),
      this.deps.repository.count(ctx, folders, params.trashed, COUNT_CAP),
    ]);
    const page = rows.slice(0, params.limit);
    const last = page[page.length - 1];
    return {
      items: page.map((row) => this.item(ctx, row)),
      nextCursor: rows.length > params.limit && last ? writeCursor(params, last.cursorValue, last.id) : null,
      total: { value: Math.min(counted, COUNT_CAP), relation: counted > COUNT_CAP ? 'gte' : 'eq' },
    };
  }

  /** How often it was delivered on each of the last `days` days, today included. @throws not_found */
  async delivered(ctx: Ctx, id: string, days: number): Promise<DeliveredDto> {
    await this.authorize(ctx, 'read', [id]);
    return { items: [...(await this.deps.delivered(ctx, id, days))] };
  }

  /** File versions that are kept, newest first. @throws not_found */
  async versions(ctx: Ctx, id: string): Promise<VersionListDto> {
    const row = await this.authorizeOne(ctx, 'read', id, { trashed: true });
    const versions = await this.deps.repository.versions(ctx, id);
    const items = versions.map(({ createdAt, ...version }) => ({
      ...version,
      createdAt: createdAt.toISOString(),
      current: version.number === row.versionNumber,
    }));
    return { items, nextCursor: null, total: { value: items.length, relation: 'eq' } };
  }

  /**
   * Tells caches, the index and open browsers of changes; joins the caller's transaction. A new asset is indexed once, when it is
   * ready or has failed, seconds later: until then lists show it straight from the database.
   */
  async announce(ctx: Ctx, rows: readonly { id: string; aclId: string }[], event: AssetEvent): Promise<void> {
    if (event !== 'asset.created') {
      await this.deps.index(
        ctx,
        rows.map((row) => row.id),
      );
    }
    for (const row of rows) {
      await this.deps.notifications.notify(ctx, ASSET_CHANGED_CHANNEL, row.id);
      await this.deps.live.publish(ctx, event, { id: row.id }, { aclId: row.aclId });
    }
  }
}

function isOwn(ctx: Ctx, row: AssetRow): boolean {
  return row.createdBy !== null && row.createdBy === ctx.actor.userId;
}

function intersect(visible: readonly string[] | null, asked: readonly string[] | null): string[] | null {
  if (visible === null) return asked === null ? null : [...asked];
  if (asked === null) return [...visible];
  const allowed = new Set(visible);
  return asked.filter((id) => allowed.has(id));
}

function writeCursor(params: BrowseParams, value: string, id: string): string {
  return Buffer.from(JSON.stringify([params.sort, params.descending, value, id])).toString('base64url');
}

function readCursor(cursor: string, params: BrowseParams): { value: string; id: string } {
  const bad = () =>
    invalidRequest({
      detail: 'The cursor does not belong to this list.',
      extra: { errors: [{ path: 'query.cursor', message: 'unusable' }] },
    });
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (!Array.isArray(parts)) throw bad();
    const [sort, descending, value, id] = parts;
    if (sort !== params.sort || descending !== params.descending || typeof value !== 'string' || typeof id !== 'string') throw bad();
    if (!/^[0-9a-f-]{36}$/.test(id) || (params.sort !== 'name' && Number.isNaN(Date.parse(value)))) throw bad();
    return { value, id };
  } catch {
    throw bad();
  }
}
