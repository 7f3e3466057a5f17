import type { Ctx } from '../../../context.ts';
import { BaseRepository } from '../../../platform/database/base-repository.ts';
import type { FilmEntity, Made } from './films.entity.ts';

export type FilmRow = FilmEntity;
/** One run at a film. */
type Run = Pick<FilmRow, 'id' | 'attempt'>;

const COLUMNS = `id, workspace_id as "workspaceId", asset_id as "assetId", version_id as "versionId", blob_id as "blobId", recipe_hash as "recipeHash",
  make, source, mime, state, progress::float8 as progress, reason, made, bytes::float8 as bytes, attempt, created_at as "createdAt", updated_at as "updatedAt",
  asked_at as "askedAt"`;
const BY_RECIPE = `select ${COLUMNS} from film where version_id = $1 and recipe_hash = $2`;
const BY_ID = `select ${COLUMNS} from film where workspace_id = $1 and id = $2`;

/** What tells its pieces; rows of equal bytes may have the same. */
export type Pieces = Pick<FilmRow, 'workspaceId' | 'blobId' | 'recipeHash'>;

/** One that can be removed: finished ones by when they were asked for, others by when they failed. */
export interface Ended extends Pieces, Pick<FilmRow, 'id'> {
  readonly state: 'ready' | 'failed';
}

const ENDED = `id, workspace_id as "workspaceId", blob_id as "blobId", recipe_hash as "recipeHash", state`;

/** Rows of what URLs ask of films. */
export class FilmsRepository extends BaseRepository {
  async byRecipe(ctx: Ctx, versionId: string, recipeHash: string): Promise<FilmRow | null> {
    return (await this.prepared<FilmRow>(ctx, BY_RECIPE, [versionId, recipeHash])).rows[0] ?? null;
  }

  async byId(ctx: Ctx, id: string): Promise<FilmRow | null> {
    return (await this.prepared<FilmRow>(ctx, BY_ID, [ctx.workspaceId, id])).rows[0] ?? null;
  }

  /** Adds a wish; false when there is one like it. */
  async add(
    ctx: Ctx,
    film: Pick<FilmRow, 'id' | 'assetId' | 'versionId' | 'blobId' | 'recipeHash' | 'make' | 'source' | 'mime'>,
  ): Promise<boolean> {
    const { id, assetId, versionId, blobId, recipeHash, make, source, mime } = film;
    const added = await this.execute(
      ctx,
      `insert into film (id, workspace_id, asset_id, version_id, blob_id, recipe_hash, make, source, mime, state, progress, made, created_at, updated_at, asked_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'queued', 0, '{"pieces":{},"codecs":{},"bytes":0}', $10, $10, $10)
       on conflict (version_id, recipe_hash) do nothing`,
      [id, ctx.workspaceId, assetId, versionId, blobId, recipeHash, JSON.stringify(make), JSON.stringify(source), mime, ctx.clock.now()],
    );
    return added === 1;
  }

  /** Puts one that failed before `since`, or whose bytes are gone, back to the start; false when somebody else did. */
  async again(ctx: Ctx, film: Pick<FilmRow, 'id' | 'state' | 'updatedAt'>): Promise<boolean> {
    const touched = await this.execute(
      ctx,
      `update film set state = 'queued', progress = 0, reason = null, made = '{"pieces":{},"codecs":{},"bytes":0}', updated_at = $4
       where workspace_id = $1 and id = $2 and state = $3`,
      [ctx.workspaceId, film.id, film.state, ctx.clock.now()],
    );
    return touched === 1;
  }

  async asked(ctx: Ctx, id: string): Promise<void> {
    await this.execute(ctx, 'update film set asked_at = $3 where workspace_id = $1 and id = $2', [ctx.workspaceId, id, ctx.clock.now()]);
  }

  /** Finished ones of all workspaces that nobody asked for since then, at most so many. */
  unasked(ctx: Ctx, since: Date, limit: number): Promise<Ended[]> {
    return this.query<Ended>(ctx, `select ${ENDED} from film where asked_at < $1 and state = 'ready' order by asked_at limit $2`, [
      since,
      limit,
    ]);
  }

  /** Keeps those apart who remove the same pieces, until the caller's transaction ends. */
  async lockPieces(trx: Ctx, { workspaceId, blobId, recipeHash }: Pieces): Promise<void> {
    await this.query(trx, `select pg_advisory_xact_lock(hashtextextended('pieces:' || $1, 0))`, [`${workspaceId}/${blobId}/${recipeHash}`]);
  }

  /** Removes the row. @returns what its pieces take of the store; null when somebody asked for it in the meantime */
  async forget(ctx: Ctx, { id, state }: Ended, since: Date): Promise<number | null> {
    const row = await this.one<{ bytes: number }>(
      ctx,
      `delete from film where id = $1 and state = $3 and (case state when 'ready' then asked_at else updated_at end) < $2
       returning bytes::float8 as bytes`,
      [id, since, state],
    );
    return row?.bytes ?? null;
  }

  /**
   * Another row of the same pieces counts them from now on.
   * @param but a row that does not
   * @returns false when there is none
   */
  async inherit(ctx: Ctx, { workspaceId, blobId, recipeHash }: Pieces, but: string, bytes: number): Promise<boolean> {
    const touched = await this.execute(
      ctx,
      `update film set bytes = greatest(bytes, $5) where id = (
         select id from film where workspace_id = $1 and blob_id = $2 and recipe_hash = $3 and id <> $4 order by state = 'ready' desc, id limit 1)`,
      [workspaceId, blobId, recipeHash, but, bytes],
    );
    return touched === 1;
  }

  /** Wishes of the workspace that wait or are worked on. */
  async open(ctx: Ctx): Promise<number> {
    const row = await this.one<{ count: number }>(
      ctx,
      `select count(*)::int as count from film where workspace_id = $1 and state in ('queued', 'running')`,
      [ctx.workspaceId],
    );
    return row?.count ?? 0;
  }

  /** Keeps wishes of the workspace apart until the caller's transaction ends. */
  async lockWishes(trx: Ctx): Promise<void> {
    await this.query(trx, `select pg_advisory_xact_lock(hashtextextended('films:' || $1, 0))`, [trx.workspaceId]);
  }

  /** What the films of the workspace take of the store, but for one. */
  async bytes(ctx: Ctx, except: string | null): Promise<number> {
    const row = await this.one<{ bytes: number }>(
      ctx,
      `select coalesce(sum(bytes), 0)::float8 as bytes from film where workspace_id = $1 and id is distinct from $2::uuid`,
      [ctx.workspaceId, except],
    );
    return row?.bytes ?? 0;
  }

  /** A run begins, and ends the say of those before it. Null for a film that is ready or gone. */
  async begin(ctx: Ctx, id: string): Promise<FilmRow | null> {
    return this.one<FilmRow>(
      ctx,
      `update film set state = 'running', attempt = attempt + 1, updated_at = $3
       where workspace_id = $1 and id = $2 and state <> 'ready' returning ${COLUMNS}`,
      [ctx.workspaceId, id, ctx.clock.now()],
    );
  }

  /** The ladder of another asset with the same bytes. */
  async twin(ctx: Ctx, film: FilmRow): Promise<Made | null> {
    const row = await this.one<{ made: Made }>(
      ctx,
      `select made from film where workspace_id = $1 and blob_id = $2 and recipe_hash = $3 and id <> $4 and state = 'ready' limit 1`,
      [ctx.workspaceId, film.blobId, film.recipeHash, film.id],
    );
    return row?.made ?? null;
  }

  /** Notes how far a run is; false when it is no longer the last one, or the film is ready. */
  async progress(ctx: Ctx, film: Run, progress: number, made: Made, bytes: number): Promise<boolean> {
    const touched = await this.execute(
      ctx,
      `update film set state = 'running', progress = $4, made = $5, bytes = $6, updated_at = $7
       where workspace_id = $1 and id = $2 and attempt = $3 and state <> 'ready'`,
      [ctx.workspaceId, film.id, film.attempt, progress, JSON.stringify(made), bytes, ctx.clock.now()],
    );
    return touched === 1;
  }

  /** False when another run has begun since, or the film is gone. */
  async ready(ctx: Ctx, film: Run, made: Made, bytes: number): Promise<boolean> {
    const touched = await this.execute(
      ctx,
      `update film set state = 'ready', progress = 1, reason = null, made = $4, bytes = $5, updated_at = $6
       where workspace_id = $1 and id = $2 and attempt = $3`,
      [ctx.workspaceId, film.id, film.attempt, JSON.stringify(made), bytes, ctx.clock.now()],
    );
    return touched === 1;
  }

  /**
   * False when another run has begun since, or the film is ready or gone.
   * @param attempt null = whichever it was
   */
  async failed(ctx: Ctx, id: string, attempt: number | null, reason: string): Promise<boolean> {
    const touched = await this.execute(
      ctx,
      `update film set state = 'failed', reason = $4, updated_at = $5
       where workspace_id = $1 and id = $2 and attempt = coalesce($3, attempt) and state <> 'ready'`,
      [ctx.workspaceId, id, attempt, reason.slice(0, 500), ctx.clock.now()],
    );
    return touched === 1;
  }

  /** Films of all workspaces that failed before `since` and nobody asked for again. */
  failedBefore(ctx: Ctx, since: Date, limit: number): Promise<Ended[]> {
    return this.query<Ended>(ctx, `select ${ENDED} from film where state = 'failed' and updated_at < $1 order by updated_at limit $2`, [
      since,
      limit,
    ]);
  }

  /** Ladders of all workspaces whose pieces nobody counts: they are from before it was noted. One row of each. */
  uncounted(ctx: Ctx, limit: number): Promise<Ended[]> {
    return this.query<Ended>(
      ctx,
      `select distinct on (workspace_id, blob_id, recipe_hash) ${ENDED} from film f
       where state = 'ready' and bytes = 0 and make->>'make' = 'ladder' and not exists (
         select from film o where o.workspace_id = f.workspace_id and o.blob_id = f.blob_id and o.recipe_hash = f.recipe_hash and o.bytes > 0)
       limit $1`,
      [limit],
    );
  }

  /** What the pieces of one that is at rest take of the store. */
  async takes(ctx: Ctx, id: string, bytes: number): Promise<void> {
    await this.execute(ctx, `update film set bytes = $2 where id = $1 and state in ('ready', 'failed')`, [id, bytes]);
  }
}
