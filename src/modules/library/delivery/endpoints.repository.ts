import type { Ctx } from '../../../context.ts';
import { BaseRepository } from '../../../platform/database/base-repository.ts';
import type { MetadataPolicy } from '../renditions/index.ts';
import { DeliverySettingEntity, NamedTransformationEntity, SigningKeyEntity } from './endpoints.entity.ts';

/** Rows of every workspace, as delivery keeps them in memory. */
export interface SettingsRows {
  readonly named: readonly { workspace_id: string; name: string; transformation: string; metadata: MetadataPolicy | null }[];
  readonly policies: readonly { workspace_id: string; metadata: MetadataPolicy }[];
  readonly keys: readonly { workspace_id: string; secret_encrypted: string }[];
}

export class EndpointsRepository extends BaseRepository {
  /** @param workspaceId null = of all */
  async settings(workspaceId: string | null): Promise<SettingsRows> {
    const mine = 'where ($1::uuid is null or workspace_id = $1)';
    const [named, policies, keys] = await Promise.all([
      this.query<SettingsRows['named'][number]>(
        {},
        `select workspace_id, name, transformation, metadata from named_transformation ${mine}`,
        [workspaceId],
      ),
      this.query<SettingsRows['policies'][number]>({}, `select workspace_id, metadata from delivery_setting ${mine}`, [workspaceId]),
      this.query<SettingsRows['keys'][number]>(
        {},
        `select workspace_id, secret_encrypted from signing_key ${mine} and state <> 'revoked' order by created_at desc`,
        [workspaceId],
      ),
    ]);
    return { named, policies, keys };
  }

  listNamed(ctx: Ctx): Promise<NamedTransformationEntity[]> {
    return this.manager(ctx).find(NamedTransformationEntity, { where: { workspaceId: ctx.workspaceId }, order: { name: 'ASC' } });
  }

  findNamed(ctx: Ctx, name: string): Promise<NamedTransformationEntity | null> {
    return this.manager(ctx).findOneBy(NamedTransformationEntity, { workspaceId: ctx.workspaceId, name });
  }

  async putNamed(ctx: Ctx, name: string, transformation: string, metadata: MetadataPolicy | null): Promise<void> {
    await this.execute(
      ctx,
      `insert into named_transformation (workspace_id, name, transformation, metadata, created_at, updated_at) values ($1, $2, $3, $4, $5, $5)
       on conflict (workspace_id, name) do update set transformation = excluded.transformation, metadata = excluded.metadata, updated_at = excluded.updated_at`,
      [ctx.workspaceId, name, transformation, metadata, ctx.clock.now()],
    );
  }

  setting(ctx: Ctx): Promise<DeliverySettingEntity | null> {
    return this.manager(ctx).findOneBy(DeliverySettingEntity, { workspaceId: ctx.workspaceId });
  }

  async putSetting(ctx: Ctx, metadata: MetadataPolicy): Promise<void> {
    await this.execute(
      ctx,
      `insert into delivery_setting (workspace_id, metadata, updated_at) values ($1, $2, $3)
       on conflict (workspace_id) do update set metadata = excluded.metadata, updated_at = excluded.updated_at`,
      [ctx.workspaceId, metadata, ctx.clock.now()],
    );
  }

  async deleteNamed(ctx: Ctx, name: string): Promise<boolean> {
    const removed = await this.execute(ctx, 'delete from named_transformation where workspace_id = $1 and name = $2', [
      ctx.workspaceId,
      name,
    ]);
    return removed > 0;
  }

  listKeys(ctx: Ctx): Promise<SigningKeyEntity[]> {
    return this.manager(ctx)
      .createQueryBuilder(SigningKeyEntity, 'k')
      .where(`k.workspaceId = :workspaceId and k.state <> 'revoked'`, { workspaceId: ctx.workspaceId })
      .orderBy('k.createdAt', 'DESC')
      .getMany();
  }

  async insertKey(ctx: Ctx, key: Pick<SigningKeyEntity, 'id' | 'name' | 'secretEncrypted'>): Promise<SigningKeyEntity> {
    const row = { ...key, workspaceId: ctx.workspaceId, state: 'active', createdAt: ctx.clock.now() };
    await this.manager(ctx).insert(SigningKeyEntity, row);
    return row;
  }

  /** The key as it is then; null when there is none that could change. */
  async setKeyState(ctx: Ctx, id: string, state: string): Promise<SigningKeyEntity | null> {
    const touched = await this.execute(
      ctx,
      `update signing_key set state = $3 where workspace_id = $1 and id = $2 and state <> 'revoked'`,
      [ctx.workspaceId, id, state],
    );
    return touched > 0 ? this.manager(ctx).findOneBy(SigningKeyEntity, { id }) : null;
  }
}
