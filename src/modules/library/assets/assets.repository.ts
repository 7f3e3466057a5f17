import type { Ctx } from '../../../context.ts';
import { BaseRepository } from '../../../platform/database/base-repository.ts';
import type { Framing } from '../renditions/index.ts';
import { type BrowseQuery, browseStatement } from './assets.browse.ts';

/** An asset with its current version, blob, folder and tags: what presenters, ingest and delivery read. */
export interface AssetRow {
  id: string;
  workspaceId: string;
  folderId: string;
  folderPath: string;
  aclId: string;
  name: string;
  title: string | null;
  description: string | null;
  kind: string;
  status: 'processing' | 'ready' | 'failed' | 'quarantined';
  failureCode: string | null;
  failureDetail: string | null;
  previewState: 'pending' | 'ready' | 'none' | 'failed';
  previewReason: string | null;
  previewDetail: string | null;
  publishedManually: boolean;
  publishFrom: Date | null;
  publishUntil: Date | null;
  releaseOriginal: boolean;
  takenAt: Date | null;
  /** Fractions 0-1 of the upright picture. */
  focalPoint: Framing['point'];
  cropBox: Framing['box'];
  rowVersion: number;
  searchVersion: number;
  createdAt: Date;
  createdBy: string | null;
  creatorName: string | null;
  updatedAt: Date;
  deletedAt: Date | null;
  versionId: string;
  versionNumber: number;
  blobId: string;
  originalName: string;
  mime: string;
  bytes: number;
  width: number | null;
  height: number | null;
  pages: number | null;
  frames: number | null;
  durationMs: number | null;
  hasAlpha: boolean | null;
  orientation: number | null;
  colours: { hex: string; name: string; share: number }[];
  thumbhash: string | null;
  ingestedAt: Date | null;
  /** A short web preview of a film or sound is stored. */
  hasClip: boolean;
  tags: string[];
}

/** With its effective metadata values, which lists do not need. */
export interface AssetWithMetadata extends AssetRow {
  metadata: Record<
    string,
    { value: string | number | boolean | string[]; source: 'embedded' | 'person' | 'rule' | 'import' | 'model'; at: string }
  >;
}

export interface AssetDetailRow extends AssetWithMetadata {
  sha256: string;
  embedded: Record<string, unknown>;
  probe: Record<string, unknown>;
}

const BASE = `a.id, a.workspace_id as "workspaceId", a.folder_id as "folderId", f.path as "folderPath", f.acl_id as "aclId", a.name, a.title, a.description,
  a.kind, a.status, a.failure_code as "failureCode", a.failure_detail as "failureDetail",
  a.preview_state as "previewState", a.preview_reason as "previewReason", a.preview_detail as "previewDetail",
  a.published_manually as "publishedManually", a.publish_from as "publishFrom", a.publish_until as "publishUntil", a.release_original as "releaseOriginal",
  a.taken_at as "takenAt", a.focal_point as "focalPoint", a.crop_box as "cropBox", a.row_version as "rowVersion", a.search_version::float8 as "searchVersion",
  a.created_at as "createdAt", a.created_by as "createdBy", u.name as "creatorName", a.updated_at as "updatedAt", a.deleted_at as "deletedAt",
  v.id as "versionId", v.number as "versionNumber", v.blob_id as "blobId", v.original_name as "originalName", v.mime, v.bytes::float8 as bytes,
  v.width, v.height, v.pages, v.frames, v.duration_ms as "durationMs", v.has_alpha as "hasAlpha", v.orientation, v.colours, v.thumbhash, v.ingested_at as "ingestedAt",
  a.kind in ('video', 'audio') and exists (select 1 from rendition r where r.version_id = v.id and r.name = 'clip') as "hasClip",
  coalesce((select array_agg(t.label order by t.label) from asset_term x join term t on t.id = x.term_id where x.asset_id = a.id), '{}') as tags`;
const JOINS = `join file_version v on v.id = a.current_version_id join folder f on f.id = a.folder_id left join auth.account_user u on u.id = a.created_by`;
const FROM = `from asset a ${JOINS}`;

/** Reading assets; every query is bound to `ctx.workspaceId`. Writes stand in `assets-store.repository.ts`. */
export class AssetsRepository extends BaseRepository {
  rows(ctx: Ctx, ids: readonly string[], options: { trashed?: boolean } = {}): Promise<AssetRow[]> {
    return this.query(ctx, `select ${BASE} ${FROM} where a.workspace_id = $1 and a.id = any($2) and ($3 or a.deleted_at is null)`, [
      ctx.workspaceId,
      ids,
      options.trashed === true,
    ]);
  }

  /** With metadata, trashed ones too: for indexing. */
  withMetadata(ctx: Ctx, ids: readonly string[]): Promise<AssetWithMetadata[]> {
    return this.query(ctx, `select ${BASE}, a.metadata ${FROM} where a.workspace_id = $1 and a.id = any($2)`, [ctx.workspaceId, ids]);
  }

  detail(ctx: Ctx, id: string): Promise<AssetDetailRow | null> {
    return this.one(
      ctx,
      `select ${BASE}, a.metadata, b.sha256, v.embedded, v.probe ${FROM} join blob b on b.id = v.blob_id where a.workspace_id = $1 and a.id = $2`,
      [ctx.workspaceId, id],
    );
  }

  /** Keyset page of assets, for browsing without words or facets. `cursorValue` comes back exactly as it compares. */
  browse(ctx: Ctx, query: BrowseQuery): Promise<(AssetRow & { cursorValue: string })[]> {
    const { text, params } = browseStatement(ctx.workspaceId, query, { columns: BASE, joins: JOINS });
    return this.query(ctx, text, params);
  }

  /** Counts up to `cap + 1`, so that a list never pays for an exact count of millions. */
  async count(ctx: Ctx, folders: readonly string[] | null, trashed: boolean, cap: number): Promise<number> {
    const seen = folders === null ? '' : '(select distinct id from unnest($3::uuid[]) as given (id)) seen join';
    const row = await this.one<{ n: number }>(
      ctx,
      `select count(*)::int as n from (select 1 from ${seen} asset a ${folders === null ? '' : 'on a.folder_id = seen.id'}
         where a.workspace_id = $1 and a.deleted_at is ${trashed ? 'not null' : 'null'} limit $2) as found`,
      folders === null ? [ctx.workspaceId, cap + 1] : [ctx.workspaceId, cap + 1, folders],
    );
    return row?.n ?? 0;
  }

  /** Another live asset with the same bytes, oldest first. */
  async withBlob(ctx: Ctx, blobId: string, exceptId: string | null): Promise<AssetRow[]> {
    return this.query(
      ctx,
      `select ${BASE} ${FROM} where a.workspace_id = $1 and v.blob_id = $2 and a.deleted_at is null and ($3::uuid is null or a.id <> $3) order by a.created_at, a.id limit 20`,
      [ctx.workspaceId, blobId, exceptId],
    );
  }

  byName(ctx: Ctx, folderId: string, nameKey: string): Promise<AssetRow | null> {
    return this.one(
      ctx,
      `select ${BASE} ${FROM} where a.workspace_id = $1 and a.folder_id = $2 and a.name_key = $3 and a.deleted_at is null`,
      [ctx.workspaceId, folderId, nameKey],
    );
  }

  async takenNames(ctx: Ctx, folderId: string, stem: string, extension: string): Promise<Set<string>> {
    const rows = await this.query<{ name_key: string }>(
      ctx,
      `select name_key from asset where folder_id = $1 and deleted_at is null and starts_with(name_key, $2) and right(name_key, length($3)) = $3`,
      [folderId, `${stem}-`, extension],
    );
    return new Set(rows.map((row) => row.name_key));
  }

  versions(
    ctx: Ctx,
    assetId: string,
  ): Promise<{ id: string; number: number; originalName: string; mime: string; bytes: number; createdAt: Date; sha256: string }[]> {
    return this.query(
      ctx,
      `select v.id, v.number, v.original_name as "originalName", v.mime, v.bytes::float8 as bytes, v.created_at as "createdAt", b.sha256
       from file_version v join blob b on b.id = v.blob_id where v.workspace_id = $1 and v.asset_id = $2 order by v.number desc`,
      [ctx.workspaceId, assetId],
    );
  }

  /** Ids and search versions of all assets outside the trash, ascending by id: for re-indexing and drift checks. */
  async *searchVersions(ctx: Ctx, batch = 5000): AsyncIterable<{ id: string; version: number }> {
    let after = '00000000-0000-0000-0000-000000000000';
    for (;;) {
      const rows = await this.query<{ id: string; version: number }>(
        ctx,
        'select id, search_version::float8 as version from asset where workspace_id = $1 and id > $2 and deleted_at is null order by id limit $3',
        [ctx.workspaceId, after, batch],
      );
      yield* rows;
      const last = rows[rows.length - 1];
      if (!last) return;
      after = last.id;
    }
  }

  /** Folder ids from the root to each folder, for search documents. */
  async folderChains(ctx: Ctx, folderIds: readonly string[]): Promise<Map<string, string[]>> {
    const rows = await this.query<{ id: string; chain: string[] }>(
      ctx,
      `with recursive up as (
         select id as leaf, id, parent_id from folder where workspace_id = $1 and id = any($2)
         union all select up.leaf, f.id, f.parent_id from up join folder f on f.id = up.parent_id)
       select leaf as id, array_agg(id) as chain from up group by leaf`,
      [ctx.workspaceId, folderIds],
    );
    return new Map(rows.map((row) => [row.id, row.chain]));
  }
}
