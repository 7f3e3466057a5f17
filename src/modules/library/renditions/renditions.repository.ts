import type { Ctx } from '../../../context.ts';
import { PIPELINE_VERSION } from '../../../platform/media/plan.ts';
import type { Key } from '../../../platform/storage/storage.ts';
import { BaseRepository } from '../../../platform/database/base-repository.ts';
import { newId } from '../../../platform/database/uuid.ts';

export interface RenditionRow {
  readonly id: string;
  readonly recipeHash: string;
  readonly name: string | null;
  readonly storageKey: Key;
  readonly mime: string;
  /** px */
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
}

const COLUMNS = `id, recipe_hash as "recipeHash", name, storage_key as "storageKey", mime, width, height, bytes::float8 as bytes`;

const RECORD = `insert into rendition (id, workspace_id, version_id, recipe_hash, name, storage_key, mime, width, height, bytes, last_used_at, created_at, pipeline)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, ${PIPELINE_VERSION})
  on conflict (version_id, recipe_hash) do update
    set name = coalesce(rendition.name, excluded.name), last_used_at = excluded.last_used_at, pipeline = excluded.pipeline`;
/** What had the name before: made by another pipeline, or while the decoder saw less in the file. */
const RENAME = `update rendition set name = null where version_id = $3 and name = $5 and recipe_hash <> $4`;

/** Told to all processes with the key when a claim on it is given back: what was being made is there, or somebody else may try. */
export const CLAIM_RELEASED = 'rendition_claim_released';
const RELEASE = (key: string, owner: string): string =>
  `delete from rendition_claim where key = ${key} and owner = ${owner} returning pg_notify('${CLAIM_RELEASED}', key)`;

/** Rows of stored derivatives, and claims of those being made. */
export class RenditionsRepository extends BaseRepository {
  /**
   * Records a derivative; an equal one recorded before stays, and gains the name when it had none. A name is that of one derivative of the version, the last
   * one recorded. `owner` gives back its claim on the key in the same statement.
   */
  async record(ctx: Ctx, versionId: string, rendition: Omit<RenditionRow, 'id'>, owner: string | null = null): Promise<void> {
    const { recipeHash, name, storageKey, mime, width, height, bytes } = rendition;
    const values = [newId(), ctx.workspaceId, versionId, recipeHash, name, storageKey, mime, width, height, bytes, ctx.clock.now()];
    if (owner === null) await this.prepared(ctx, name === null ? RECORD : `with renamed as (${RENAME}) ${RECORD}`, values);
    else await this.prepared(ctx, `with released as (${RELEASE('$6', '$12')}) ${RECORD}`, [...values, owner]);
  }

  async ofVersion(ctx: Ctx, versionId: string): Promise<RenditionRow[]> {
    return this.query<RenditionRow>(
      ctx,
      `select ${COLUMNS} from rendition where workspace_id = $1 and version_id = $2 order by created_at, id limit 500`,
      [ctx.workspaceId, versionId],
    );
  }

  /** Takes the claim on a key; false when another owner holds it and is within its time. */
  async claim(ctx: Ctx, key: string, owner: string, until: Date): Promise<boolean> {
    const { count } = await this.prepared(
      ctx,
      `insert into rendition_claim (key, owner, until) values ($1, $2, $3)
       on conflict (key) do update set owner = excluded.owner, until = excluded.until where rendition_claim.until < $4`,
      [key, owner, until, ctx.clock.now()],
    );
    return count === 1;
  }

  async release(ctx: Ctx, key: string, owner: string): Promise<void> {
    await this.execute(ctx, RELEASE('$1', '$2'), [key, owner]);
  }
}
