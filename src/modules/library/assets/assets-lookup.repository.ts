import type { Ctx } from '../../../context.ts';
import { BaseRepository } from '../../../platform/database/base-repository.ts';
import type { Rights } from '../../../platform/media/plan.ts';
import type { Key } from '../../../platform/storage/storage.ts';
import type { Framing } from '../renditions/index.ts';

/** What delivery must know of one version of an asset, with its mezzanine; read for every picture that is not hot. */
export interface LookupRow {
  readonly id: string;
  readonly workspaceId: string;
  readonly folderId: string;
  readonly name: string;
  readonly kind: string;
  readonly status: string;
  readonly publishedManually: boolean;
  readonly publishFrom: Date | null;
  readonly publishUntil: Date | null;
  readonly releaseOriginal: boolean;
  readonly deletedAt: Date | null;
  readonly focalPoint: Framing['point'];
  readonly cropBox: Framing['box'];
  readonly versionId: string;
  readonly versionNumber: number;
  readonly blobId: string;
  readonly mime: string;
  readonly bytes: number;
  readonly width: number | null;
  readonly height: number | null;
  readonly frames: number | null;
  readonly pages: number | null;
  readonly durationMs: number | null;
  /** null for rasters, of which delivery needs nothing more. */
  readonly probe: Record<string, unknown> | null;
  readonly hasAlpha: boolean | null;
  /** Dots per inch. */
  readonly density: number | null;
  readonly rights: Rights | null;
  readonly ingestedAt: Date | null;
  /** px; all three null when there is none; likewise of the half. */
  readonly rasterKey: Key | null;
  readonly rasterWidth: number | null;
  readonly rasterHeight: number | null;
  readonly halfKey: Key | null;
  readonly halfWidth: number | null;
  readonly halfHeight: number | null;
}

const COLUMNS = `a.id, a.workspace_id as "workspaceId", a.folder_id as "folderId", a.name, a.kind, a.status, a.published_manually as "publishedManually",
  a.publish_from as "publishFrom", a.publish_until as "publishUntil", a.release_original as "releaseOriginal", a.deleted_at as "deletedAt",
  a.focal_point as "focalPoint", a.crop_box as "cropBox",
  v.id as "versionId", v.number as "versionNumber", v.blob_id as "blobId", v.mime, v.bytes::float8 as bytes, v.width, v.height, v.frames, v.pages,
  v.duration_ms as "durationMs",
  case when v.mime in ('image/jpeg', 'image/png', 'image/webp', 'image/avif', 'image/tiff') then null else v.probe end as probe,
  v.has_alpha as "hasAlpha",
  case when jsonb_typeof(v.probe->'density') = 'number' then (v.probe->>'density')::float8 end as density,
  v.rights, v.ingested_at as "ingestedAt",
  r.storage_key as "rasterKey", r.width as "rasterWidth", r.height as "rasterHeight",
  h.storage_key as "halfKey", h.width as "halfWidth", h.height as "halfHeight"`;
/** At the current version, or at the one whose number is this parameter. */
const versionAt = (number: string | null) =>
  `join file_version v on ${number === null ? 'v.id = a.current_version_id' : `v.asset_id = a.id and v.number = ${number}`}
   left join rendition r on r.version_id = v.id and r.name = 'mezzanine'
   left join rendition h on h.version_id = v.id and h.name = 'mezzanine-half'`;

const byId = (number: string | null) =>
  `select ${COLUMNS} from asset a ${versionAt(number)} where a.workspace_id = $1 and a.id = $2 limit 1`;
const byPath = (number: string | null) =>
  `select ${COLUMNS} from folder f join asset a on a.folder_id = f.id ${versionAt(number)}
   where f.workspace_id = $1 and f.path = $2 and f.deleted_at is null and a.workspace_id = $1 and a.name_key = $3 and a.deleted_at is null limit 1`;
const BY_ID = { current: byId(null), numbered: byId('$3') };
const BY_PATH = { current: byPath(null), numbered: byPath('$4') };

/** One statement per look-up, prepared; every one is bound to `ctx.workspaceId`. */
export class AssetsLookupRepository extends BaseRepository {
  /** The asset, in the trash or not, at a version or (null) as it is now. */
  async byId(ctx: Ctx, id: string, version: number | null): Promise<LookupRow | null> {
    return this.at(ctx, BY_ID, [ctx.workspaceId, id], version);
  }

  /** The live asset of this name in the live folder of this path. */
  async byPath(ctx: Ctx, folderPath: string, nameKey: string, version: number | null): Promise<LookupRow | null> {
    return this.at(ctx, BY_PATH, [ctx.workspaceId, folderPath, nameKey], version);
  }

  private async at(ctx: Ctx, sql: typeof BY_ID, params: unknown[], version: number | null): Promise<LookupRow | null> {
    const { rows } =
      version === null
        ? await this.prepared<LookupRow>(ctx, sql.current, params)
        : await this.prepared<LookupRow>(ctx, sql.numbered, [...params, version]);
    return rows[0] ?? null;
  }
}
