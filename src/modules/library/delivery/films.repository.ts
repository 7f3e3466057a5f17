import type { Ctx } from '../../../context.ts';
import { BaseRepository } from '../../../platform/database/base-repository.ts';
import type { FilmEntity, Made } from './films.entity.ts';

export type FilmRow = FilmEntity;

const COLUMNS = `id, workspace_id as "workspaceId", asset_id as "assetId", version_id as "versionId", blob_id as "blobId", recipe_hash as "recipeHash",
  make, source, mime, state, progress::float8 as progress, reason, made, created_at as "createdAt", updated_at as "updatedAt", asked_at as "askedAt"`;
const BY_RECIPE = `select ${COLUMNS} from film where version_id = $1 and recipe_hash = $2`;
const BY_ID = `select ${COLUMNS} from film where workspace_id = $1 and id = $2`;

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
  unasked(ctx: Ctx, since: Date, limit: number): Promise<FilmRow[]> {
    return this.query<FilmRow>(
      ctx,
      `select ${COLUMNS} from film where asked_at < $1 and state in ('ready', 'failed') order by asked_at limit $2`,
      [since, limit],
    );
  }

  /** False when somebody asked for it in the meantime. */
  async forget(ctx: Ctx, id: string, since: Date): Promise<boolean> {
    const gone = await this.execute(ctx, `delete from film where id = $1 and asked_at < $2 and state in ('ready', 'failed')`, [id, since]);
    return gone === 1;
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

  /** Notes how far it is. What is ready stays so. */
  async progress(ctx: Ctx, id: string, progress: number, made: Made): Promise<void> {
    await this.execute(
      ctx,
      `update film set state = 'running', progress = $3, made = $4, updated_at = $5 where workspace_id = $1 and id = $2 and state <> 'ready'`,
      [ctx.workspaceId, id, progress, JSON.stringify(made), ctx.clock.now()],
    );
  }

  async ready(ctx: Ctx, id: string, made: Made): Promise<void> {
    await this.execute(
      ctx,
      `update film set state = 'ready', progress = 1, reason = null, made = $3, updated_at = $4 where workspace_id = $1 and id = $2`,
      [ctx.workspaceId, id, JSON.stringify(made), ctx.clock.now()],
    );
  }

  async failed(ctx: Ctx, id: string, reason: string): Promise<void> {
    await this.execute(
      ctx,
      `update film set state = 'failed', reason = $3, updated_at = $4 where workspace_id = $1 and id = $2 and state <> 'ready'`,
      [ctx.workspaceId, id, reason.slice(0, 500), ctx.clock.now()],
    );
  }
}
