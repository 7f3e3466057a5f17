import type { Ctx } from '../../../context.ts';
import { BaseRepository } from '../../../platform/database/base-repository.ts';
import { isUniqueViolation } from '../../../platform/database/pg-errors.ts';
import type { Rights } from '../../../platform/media/plan.ts';
import type { Framing } from '../renditions/index.ts';
import { newId } from '../../../platform/database/uuid.ts';

/** Somebody else took the name between our look and our write: the unique index decides, the service tries again. */
export class NameRace extends Error {}

export interface NewVersion {
  readonly assetId: string;
  readonly blobId: string;
  readonly originalName: string;
  readonly bytes: number;
}

export interface IngestedVersion {
  readonly versionId: string;
  readonly mime: string;
  readonly extension: string;
  readonly width: number | null;
  readonly height: number | null;
  readonly pages: number | null;
  readonly frames: number | null;
  readonly durationMs: number | null;
  readonly hasAlpha: boolean | null;
  readonly orientation: number | null;
  readonly colours: unknown[];
  readonly thumbhash: string | null;
  readonly phash: string | null;
  readonly embedded: Record<string, unknown>;
  /** What the file says of its rights; null = nothing. */
  readonly rights: Rights | null;
  readonly probe: Record<string, unknown>;
}

export interface AssetState {
  readonly kind: string;
  readonly status: 'ready' | 'failed';
  readonly failure: { code: string; detail: string } | null;
  readonly preview: { state: 'ready' | 'none' | 'failed'; reason: string | null; detail: string | null };
}

/** Writing assets; always inside a transaction of the service. */
export class AssetsStoreRepository extends BaseRepository {
  /** One name is decided at a time in a folder, so that two equal uploads become `a.jpg` and `a-2.jpg`. */
  async lockName(ctx: Ctx, folderId: string, nameKey: string): Promise<void> {
    await this.query(ctx, 'select pg_advisory_xact_lock(hashtextextended($1, 1))', [`${folderId}/${nameKey}`]);
  }

  /** Registers stored bytes. Equal bytes in one workspace share the older blob; the id of whichever stands. */
  async upsertBlob(ctx: Ctx, blob: { id: string; sha256: string; bytes: number }): Promise<string> {
    const inserted = await this.execute(
      ctx,
      `insert into blob (id, workspace_id, sha256, bytes, created_at) values ($1,$2,$3,$4,$5) on conflict (workspace_id, sha256) do nothing`,
      [blob.id, ctx.workspaceId, blob.sha256, blob.bytes, ctx.clock.now()],
    );
    if (inserted === 1) return blob.id;
    const row = await this.one<{ id: string }>(ctx, 'select id from blob where workspace_id = $1 and sha256 = $2', [
      ctx.workspaceId,
      blob.sha256,
    ]);
    if (!row) throw new Error('blob vanished while it was registered');
    return row.id;
  }

  /** Keeps the blob as it is until the transaction ends; false when it is no longer there under this id. */
  async holdBlob(ctx: Ctx, id: string): Promise<boolean> {
    return (await this.one(ctx, 'select id from blob where workspace_id = $1 and id = $2 for share', [ctx.workspaceId, id])) !== null;
  }

  /** Locks the blob of these bytes, waiting for others who hold or move it; its id then. */
  async lockBlob(ctx: Ctx, sha256: string): Promise<string> {
    const row = await this.one<{ id: string }>(ctx, 'select id from blob where workspace_id = $1 and sha256 = $2 for update', [
      ctx.workspaceId,
      sha256,
    ]);
    if (!row) throw new Error('blob vanished while it was registered');
    return row.id;
  }

  /** Gives a blob another object: its id is the object's name, so every version follows, in the one statement that the key allows. */
  async repointBlob(ctx: Ctx, from: string, to: string): Promise<void> {
    await this.execute(
      ctx,
      `with moved as (update blob set id = $3, state = 'stored', verified_at = null where workspace_id = $1 and id = $2)
       update file_version set blob_id = $3 where workspace_id = $1 and blob_id = $2`,
      [ctx.workspaceId, from, to],
    );
  }

  async insertAsset(ctx: Ctx, asset: { folderId: string; name: string }): Promise<string> {
    const id = newId();
    const now = ctx.clock.now();
    await this.named(
      ctx,
      `insert into asset (id, workspace_id, folder_id, name, name_key, status, created_at, created_by, updated_at) values ($1,$2,$3,$4,$4,'processing',$5,$6,$5)`,
      [id, ctx.workspaceId, asset.folderId, asset.name, now, ctx.actor.userId],
    );
    return id;
  }

  /** Appends a file version and makes it the current one; the asset goes back to processing. */
  async insertVersion(ctx: Ctx, version: NewVersion): Promise<{ id: string; number: number }> {
    const id = newId();
    const now = ctx.clock.now();
    // The row lock makes numbers without holes: two replacements at once wait for each other.
    await this.query(ctx, 'select 1 from asset where id = $1 for update', [version.assetId]);
    const row = await this.one<{ number: number }>(
      ctx,
      `insert into file_version (id, workspace_id, asset_id, number, blob_id, original_name, bytes, created_by, created_at)
       select $1,$2,$3, coalesce(max(number), 0) + 1, $4, $5, $6, $7, $8 from file_version where asset_id = $3 returning number`,
      [id, ctx.workspaceId, version.assetId, version.blobId, version.originalName, version.bytes, ctx.actor.userId, now],
    );
    await this.execute(
      ctx,
      `update asset set current_version_id = $2, status = 'processing', failure_code = null, failure_detail = null,
         preview_state = 'pending', preview_reason = null, preview_detail = null, updated_at = $3, row_version = row_version + 1 where id = $1`,
      [version.assetId, id, now],
    );
    return { id, number: row?.number ?? 1 };
  }

  async storeIngested(ctx: Ctx, v: IngestedVersion): Promise<void> {
    await this.execute(
      ctx,
      `update file_version set mime=$2, extension=$3, width=$4, height=$5, pages=$6, frames=$7, duration_ms=$8, has_alpha=$9, orientation=$10,
         colours=$11, thumbhash=$12, phash=$13, embedded=$14, probe=$15, rights=$16, ingested_at=$17 where id = $1`,
      [
        v.versionId,
        v.mime,
        v.extension,
        v.width,
        v.height,
        v.pages,
        v.frames,
        v.durationMs,
        v.hasAlpha,
        v.orientation,
        JSON.stringify(v.colours),
        v.thumbhash,
        v.phash,
        JSON.stringify(v.embedded),
        JSON.stringify(v.probe),
        v.rights && JSON.stringify(v.rights),
        ctx.clock.now(),
      ],
    );
  }

  /** What a look at the streams of a film said, while the rest of its ingest goes on: enough to make films of it. */
  async storeFilmFacts(
    ctx: Ctx,
    id: string,
    film: Pick<IngestedVersion, 'versionId' | 'mime' | 'width' | 'height' | 'frames' | 'durationMs' | 'probe'>,
  ): Promise<void> {
    const { versionId, mime, width, height, frames, durationMs, probe } = film;
    await this.execute(
      ctx,
      'update file_version set mime=$2, width=$3, height=$4, frames=$5, duration_ms=$6, probe=$7 where id = $1 and ingested_at is null',
      [versionId, mime, width, height, frames, durationMs, JSON.stringify(probe)],
    );
    await this.execute(ctx, `update asset set kind = 'video' where id = $1 and current_version_id = $2 and status = 'processing'`, [
      id,
      versionId,
    ]);
  }

  async storeState(ctx: Ctx, id: string, state: AssetState): Promise<void> {
    await this.execute(
      ctx,
      `update asset set kind=$2, status=$3, failure_code=$4, failure_detail=$5, preview_state=$6, preview_reason=$7, preview_detail=$8 where id = $1`,
      [
        id,
        state.kind,
        state.status,
        state.failure?.code ?? null,
        state.failure?.detail ?? null,
        state.preview.state,
        state.preview.reason,
        state.preview.detail,
      ],
    );
  }

  /** Every visible change raises both versions; the search document follows the second. */
  async touch(ctx: Ctx, ids: readonly string[]): Promise<void> {
    await this.execute(
      ctx,
      'update asset set row_version = row_version + 1, search_version = search_version + 1, updated_at = $3 where workspace_id = $1 and id = any($2)',
      [ctx.workspaceId, ids, ctx.clock.now()],
    );
  }

  /** Locks the row and says its version now, for If-Match; null when it is gone. */
  async lock(ctx: Ctx, id: string): Promise<{ rowVersion: number; deleted: boolean } | null> {
    return this.one(
      ctx,
      `select row_version as "rowVersion", deleted_at is not null as deleted from asset where workspace_id = $1 and id = $2 for update`,
      [ctx.workspaceId, id],
    );
  }

  /** A write that may meet the unique index of names. */
  private async named(ctx: Ctx, sql: string, params: unknown[]): Promise<void> {
    try {
      await this.execute(ctx, sql, params);
    } catch (error) {
      throw isUniqueViolation(error, 'asset_name_key') ? new NameRace('name taken', { cause: error }) : error;
    }
  }

  async rename(ctx: Ctx, id: string, to: { folderId: string; name: string }): Promise<void> {
    await this.named(ctx, 'update asset set folder_id = $3, name = $4, name_key = $4 where workspace_id = $1 and id = $2', [
      ctx.workspaceId,
      id,
      to.folderId,
      to.name,
    ]);
  }

  async setDeleted(ctx: Ctx, id: string, deleted: boolean): Promise<void> {
    await this.named(ctx, 'update asset set deleted_at = $3 where workspace_id = $1 and id = $2', [
      ctx.workspaceId,
      id,
      deleted ? ctx.clock.now() : null,
    ]);
  }

  async setPublication(
    ctx: Ctx,
    id: string,
    p: { on: boolean; from: Date | null; until: Date | null; releaseOriginal: boolean },
  ): Promise<void> {
    await this.execute(
      ctx,
      'update asset set published_manually=$3, publish_from=$4, publish_until=$5, release_original=$6 where workspace_id = $1 and id = $2',
      [ctx.workspaceId, id, p.on, p.from, p.until, p.releaseOriginal],
    );
  }

  /** What a person marked in the picture: fractions 0-1, null = nothing; what is left out stays. */
  async setFraming(ctx: Ctx, id: string, { point, box }: Partial<Framing>): Promise<void> {
    const text = (value: unknown) => (value ? JSON.stringify(value) : null);
    if (point !== undefined) await this.setMark(ctx, id, 'focal_point', text(point));
    if (box !== undefined) await this.setMark(ctx, id, 'crop_box', text(box));
  }

  private async setMark(ctx: Ctx, id: string, column: 'focal_point' | 'crop_box', value: string | null): Promise<void> {
    await this.execute(ctx, `update asset set ${column} = $3 where workspace_id = $1 and id = $2`, [ctx.workspaceId, id, value]);
  }

  /** Publishes; a window and the release of the original stay as they are, so that nothing opens that was held back. */
  async publish(ctx: Ctx, id: string): Promise<void> {
    await this.execute(ctx, 'update asset set published_manually = true where workspace_id = $1 and id = $2', [ctx.workspaceId, id]);
  }

  async setProcessing(ctx: Ctx, id: string): Promise<void> {
    await this.execute(
      ctx,
      `update asset set status='processing', failure_code=null, failure_detail=null, preview_state='pending', preview_reason=null, preview_detail=null where workspace_id = $1 and id = $2`,
      [ctx.workspaceId, id],
    );
  }

  /** Assets that have been processing for long, for the sweeper: their job may have died with a process. */
  stuck(ctx: Pick<Ctx, 'trx'>, before: Date, limit: number): Promise<{ id: string; workspaceId: string; versionId: string }[]> {
    return this.query(
      ctx,
      `select a.id, a.workspace_id as "workspaceId", a.current_version_id as "versionId" from asset a
       where a.status = 'processing' and a.updated_at < $1 and a.deleted_at is null
         and not exists (select 1 from outbox o where o.topic = 'assets.ingest' and o.subject = a.id::text and o.state in ('pending', 'published'))
       order by a.updated_at limit $2`,
      [before, limit],
    );
  }

  /**
   * Assets of which ingest kept a picture that an older pipeline made, or (`failed`) of which none could be made; but for those that wait to be read.
   * @param after id of the last one that was told before; null = from the beginning
   */
  outdated(
    ctx: Ctx,
    { pipeline, failed, after, limit }: { pipeline: number; failed: boolean; after: string | null; limit: number },
  ): Promise<{ id: string; versionId: string }[]> {
    return this.query(
      ctx,
      `select a.id, a.current_version_id as "versionId" from asset a
       where a.workspace_id = $1 and a.status = 'ready' and a.deleted_at is null and ($4::uuid is null or a.id > $4)
         and (exists (select 1 from rendition r where r.version_id = a.current_version_id and r.name = 'mezzanine' and r.pipeline < $2)
           or ($3 and a.preview_state = 'failed'))
         and not exists (select 1 from outbox o where o.topic in ('assets.ingest', 'assets.refresh') and o.subject = a.id::text
           and o.state in ('pending', 'published'))
       order by a.id limit $5`,
      [ctx.workspaceId, pipeline, failed, after, limit],
    );
  }

  /** Assets whose publication window opened or closed since `since`: their search document says otherwise. */
  windowsCrossed(ctx: Pick<Ctx, 'trx'>, since: Date, now: Date): Promise<{ id: string; workspaceId: string }[]> {
    return this.query(
      ctx,
      `select id, workspace_id as "workspaceId" from asset where published_manually and deleted_at is null
         and ((publish_from > $1 and publish_from <= $2) or (publish_until > $1 and publish_until <= $2)) limit 10000`,
      [since, now],
    );
  }
}
