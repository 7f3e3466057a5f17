import type { Ctx } from '../../../context.ts';
import { BaseRepository } from '../../../platform/database/base-repository.ts';

export interface UploadRow {
  id: string;
  owner: string;
  blobId: string;
  declaredBytes: number | null;
  receivedBytes: number;
  state: 'open' | 'receiving' | 'committing' | 'done' | 'expired';
  filename: string;
  target: UploadTarget;
  draft: { key: string; state: Record<string, unknown> } | null;
  idempotencyKey: string | null;
  assetId: string | null;
  /** Of the whole object, once done. */
  sha256: string | null;
  /** `Upload-Metadata` as a tus client sent it. */
  metadataHeader: string | null;
  /** Of the other fields of a multipart request, once done. */
  fieldsHash: string | null;
  createdAt: Date;
  expiresAt: Date;
}

/** What was asked for when the upload began. */
export interface UploadTarget {
  folder: string;
  tags: string[];
  title?: string;
  publish?: boolean;
  metadata?: Record<string, string | number | boolean | string[] | null>;
  onConflict?: 'rename' | 'version' | 'fail';
  onDuplicate?: 'keep' | 'skip' | 'version';
  /** There when the client sends the bytes to the store itself. */
  direct?: DirectTarget;
}

export interface DirectTarget {
  /** Of every part but the last; kept, because addresses given out go by it. */
  readonly partBytes: number;
  /** Hex, of the whole file, as the client said; null = it did not. */
  readonly sha256: string | null;
}

const COLUMNS = `id, owner, blob_id as "blobId", declared_bytes::float8 as "declaredBytes", received_bytes::float8 as "receivedBytes", state, filename, target, draft,
  idempotency_key as "idempotencyKey", asset_id as "assetId", sha256, metadata_header as "metadataHeader",
  fields_hash as "fieldsHash", created_at as "createdAt", expires_at as "expiresAt"`;

export class UploadsRepository extends BaseRepository {
  /** Inserts; null when the owner's idempotency key is already in use. */
  async insert(
    ctx: Ctx,
    upload: Pick<
      UploadRow,
      'id' | 'owner' | 'blobId' | 'declaredBytes' | 'filename' | 'target' | 'draft' | 'idempotencyKey' | 'metadataHeader' | 'expiresAt'
    >,
  ): Promise<UploadRow | null> {
    return this.one(
      ctx,
      `insert into upload (id, workspace_id, owner, user_id, blob_id, declared_bytes, state, filename, target, draft, idempotency_key, metadata_header, created_at, expires_at)
       values ($1,$2,$3,$4,$5,$6,'open',$7,$8,$9,$10,$11,$12,$13)
       on conflict (workspace_id, owner, idempotency_key) where idempotency_key is not null do nothing returning ${COLUMNS}`,
      [
        upload.id,
        ctx.workspaceId,
        upload.owner,
        ctx.actor.userId,
        upload.blobId,
        upload.declaredBytes,
        upload.filename,
        JSON.stringify(upload.target),
        JSON.stringify(upload.draft),
        upload.idempotencyKey,
        upload.metadataHeader,
        ctx.clock.now(),
        upload.expiresAt,
      ],
    );
  }

  find(ctx: Ctx, id: string, owner: string): Promise<UploadRow | null> {
    return this.one(ctx, `select ${COLUMNS} from upload where workspace_id = $1 and id = $2 and owner = $3`, [ctx.workspaceId, id, owner]);
  }

  byKey(ctx: Ctx, owner: string, key: string): Promise<UploadRow | null> {
    return this.one(ctx, `select ${COLUMNS} from upload where workspace_id = $1 and owner = $2 and idempotency_key = $3`, [
      ctx.workspaceId,
      owner,
      key,
    ]);
  }

  /**
   * Takes the lease: one writer at a time, over all processes. The row as it is then, which nobody else changes; null when another
   * holds it, or there is no such upload of this owner.
   */
  lease(ctx: Ctx, id: string, owner: string, holder: string, until: Date): Promise<UploadRow | null> {
    return this.one(
      ctx,
      `update upload set lease_owner = $4, lease_until = $5
       where workspace_id = $1 and id = $2 and owner = $3 and (lease_until is null or lease_until < $6) returning ${COLUMNS}`,
      [ctx.workspaceId, id, owner, holder, until, ctx.clock.now()],
    );
  }

  async prolong(ctx: Ctx, id: string, holder: string, until: Date): Promise<void> {
    await this.execute(ctx, 'update upload set lease_until = $4 where workspace_id = $1 and id = $2 and lease_owner = $3', [
      ctx.workspaceId,
      id,
      holder,
      until,
    ]);
  }

  async release(ctx: Ctx, id: string, holder: string): Promise<void> {
    await this.execute(
      ctx,
      'update upload set lease_owner = null, lease_until = null where workspace_id = $1 and id = $2 and lease_owner = $3',
      [ctx.workspaceId, id, holder],
    );
  }

  async progress(ctx: Ctx, id: string, received: number, draft: UploadRow['draft']): Promise<void> {
    await this.execute(
      ctx,
      `update upload set received_bytes = $3, draft = $4, state = 'receiving' where workspace_id = $1 and id = $2 and state in ('open', 'receiving')`,
      [ctx.workspaceId, id, received, JSON.stringify(draft)],
    );
  }

  async declare(ctx: Ctx, id: string, bytes: number): Promise<void> {
    await this.execute(ctx, 'update upload set declared_bytes = $3 where workspace_id = $1 and id = $2 and declared_bytes is null', [
      ctx.workspaceId,
      id,
      bytes,
    ]);
  }

  /** Starts over with a new object: a retry of a request that broke. Null when it was done meanwhile. */
  restart(ctx: Ctx, id: string, to: Pick<UploadRow, 'blobId' | 'draft' | 'filename' | 'expiresAt'>): Promise<UploadRow | null> {
    return this.one(
      ctx,
      `update upload set blob_id = $3, draft = $4, filename = $5, expires_at = $6, created_at = $7, received_bytes = 0, state = 'open'
       where workspace_id = $1 and id = $2 and state <> 'done' returning ${COLUMNS}`,
      [ctx.workspaceId, id, to.blobId, JSON.stringify(to.draft), to.filename, to.expiresAt, ctx.clock.now()],
    );
  }

  /** Begins the last step; false when the upload is over. */
  async setCommitting(ctx: Ctx, id: string): Promise<boolean> {
    const touched = await this.execute(
      ctx,
      `update upload set state = 'committing' where workspace_id = $1 and id = $2 and state in ('open', 'receiving', 'committing')`,
      [ctx.workspaceId, id],
    );
    return touched === 1;
  }

  /** Ends an upload that will not become an asset; false when it has become one, or goes on with another object. */
  async expire(ctx: Ctx, upload: Pick<UploadRow, 'id' | 'blobId'>): Promise<boolean> {
    const touched = await this.execute(
      ctx,
      `update upload set state = 'expired' where workspace_id = $1 and id = $2 and blob_id = $3 and state <> 'done'`,
      [ctx.workspaceId, upload.id, upload.blobId],
    );
    return touched === 1;
  }

  /** Marks the upload done; false when it was already: then the caller's transaction must not count. */
  async finish(
    ctx: Ctx,
    upload: Pick<UploadRow, 'id' | 'blobId'>,
    result: { assetId: string; bytes: number; sha256: string; fieldsHash: string | null },
  ): Promise<boolean> {
    const touched = await this.execute(
      ctx,
      `update upload set state = 'done', asset_id = $4, received_bytes = $5, declared_bytes = $5, sha256 = $6, fields_hash = $7, finished_at = $8,
         lease_owner = null, lease_until = null
       where workspace_id = $1 and id = $2 and blob_id = $3 and state = 'committing'`,
      [ctx.workspaceId, upload.id, upload.blobId, result.assetId, result.bytes, result.sha256, result.fieldsHash, ctx.clock.now()],
    );
    return touched === 1;
  }

  /** Unfinished uploads of an owner. */
  async openCount(ctx: Ctx, owner: string): Promise<number> {
    const row = await this.one<{ count: number }>(
      ctx,
      `select count(*)::int as count from upload where workspace_id = $1 and owner = $2 and state in ('open', 'receiving', 'committing') and expires_at > $3`,
      [ctx.workspaceId, owner, ctx.clock.now()],
    );
    return row?.count ?? 0;
  }

  /** Bytes that unfinished uploads have announced: of the workspace, and of the acting person. */
  async reserved(ctx: Ctx): Promise<{ workspace: number; person: number }> {
    const row = await this.one<{ workspace: number; person: number }>(
      ctx,
      `select coalesce(sum(b), 0)::float8 as workspace, coalesce(sum(b) filter (where user_id = $2), 0)::float8 as person
       from (select coalesce(declared_bytes, received_bytes) as b, user_id from upload
             where workspace_id = $1 and state in ('open', 'receiving', 'committing') and expires_at > $3) as running`,
      [ctx.workspaceId, ctx.actor.userId, ctx.clock.now()],
    );
    return row ?? { workspace: 0, person: 0 };
  }

  /** Ends uploads whose time is over and nobody is writing to, of every workspace; for the sweeper. */
  expireOverdue(now: Date, limit: number): Promise<UploadRow[]> {
    return this.query(
      {},
      `update upload set state = 'expired' where id in (
         select id from upload where state in ('open', 'receiving', 'committing') and expires_at < $1 and (lease_until is null or lease_until < $1)
         order by expires_at limit $2 for update skip locked
       ) returning ${COLUMNS}`,
      [now, limit],
    );
  }

  /** Forgets what nobody can ask for any more: keys that ended before `keyedBefore`, and everything whose time is over. */
  prune(now: Date, keyedBefore: Date): Promise<number> {
    return this.execute(
      {},
      `delete from upload where (state in ('done', 'expired') and expires_at < $1)
         or (state = 'done' and idempotency_key is not null and coalesce(finished_at, created_at) < $2)`,
      [now, keyedBefore],
    );
  }

  /** Which of these ids are a blob's or an upload's that may still become one. */
  async knownBlobs(ids: readonly string[]): Promise<Set<string>> {
    const rows = await this.query<{ id: string }>(
      {},
      `select id from blob where id = any($1) union select blob_id from upload where blob_id = any($1) and state in ('open', 'receiving', 'committing')`,
      [ids],
    );
    return new Set(rows.map((row) => row.id));
  }
}
