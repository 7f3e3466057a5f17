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
}

const COLUMNS = `id, owner, blob_id as "blobId", declared_bytes::float8 as "declaredBytes", received_bytes::float8 as "receivedBytes", state, filename, target, draft,
  idempotency_key as "idempotencyKey", asset_id as "assetId", sha256, created_at as "createdAt", expires_at as "expiresAt"`;

export class UploadsRepository extends BaseRepository {
  /** Inserts; null when the owner's idempotency key is already in use. */
  async insert(
    ctx: Ctx,
    upload: Pick<UploadRow, 'id' | 'owner' | 'blobId' | 'declaredBytes' | 'filename' | 'target' | 'draft' | 'idempotencyKey' | 'expiresAt'>,
  ): Promise<UploadRow | null> {
    return this.one(
      ctx,
      `insert into upload (id, workspace_id, owner, user_id, blob_id, declared_bytes, state, filename, target, draft, idempotency_key, created_at, expires_at)
       values ($1,$2,$3,$4,$5,$6,'open',$7,$8,$9,$10,$11,$12)
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

  /** Takes or prolongs the lease: one writer at a time, over all processes. */
  async lease(ctx: Ctx, id: string, holder: string, until: Date): Promise<boolean> {
    const touched = await this.execute(
      ctx,
      `update upload set lease_owner = $3, lease_until = $4 where workspace_id = $1 and id = $2 and (lease_until is null or lease_until < $5 or lease_owner = $3)`,
      [ctx.workspaceId, id, holder, until, ctx.clock.now()],
    );
    return touched === 1;
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

  /** Starts over with a new object: a retry of a request that broke. */
  async restart(ctx: Ctx, id: string, blobId: string, draft: UploadRow['draft']): Promise<void> {
    await this.execute(
      ctx,
      `update upload set blob_id = $3, draft = $4, received_bytes = 0, state = 'open' where workspace_id = $1 and id = $2 and state <> 'done'`,
      [ctx.workspaceId, id, blobId, JSON.stringify(draft)],
    );
  }

  async setState(ctx: Ctx, id: string, state: 'receiving' | 'committing' | 'expired'): Promise<void> {
    await this.execute(ctx, `update upload set state = $3 where workspace_id = $1 and id = $2 and state <> 'done'`, [
      ctx.workspaceId,
      id,
      state,
    ]);
  }

  /** Marks the upload done; false when it was already: then the caller's transaction must not count. */
  async finish(ctx: Ctx, id: string, result: { assetId: string; bytes: number; sha256: string }): Promise<boolean> {
    const touched = await this.execute(
      ctx,
      `update upload set state = 'done', asset_id = $3, received_bytes = $4, declared_bytes = $4, sha256 = $5, lease_owner = null, lease_until = null
       where workspace_id = $1 and id = $2 and state = 'committing'`,
      [ctx.workspaceId, id, result.assetId, result.bytes, result.sha256],
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

  /** Uploads whose time is over, of every workspace, for the sweeper. */
  expired(now: Date, limit: number): Promise<(UploadRow & { workspaceId: string })[]> {
    return this.query(
      {},
      `select ${COLUMNS}, workspace_id as "workspaceId" from upload
       where state in ('open', 'receiving', 'committing') and expires_at < $1 and (lease_until is null or lease_until < $1) order by expires_at limit $2`,
      [now, limit],
    );
  }

  /** Which of these objects are known as a blob or may still become one. */
  async knownBlobs(ids: readonly string[]): Promise<Set<string>> {
    const rows = await this.query<{ id: string }>(
      {},
      `select id from blob where id = any($1) union select blob_id from upload where blob_id = any($1) and state in ('open', 'receiving', 'committing')`,
      [ids],
    );
    return new Set(rows.map((row) => row.id));
  }
}
