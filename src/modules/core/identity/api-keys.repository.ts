import type { Ctx, Role, Scope } from '../../../context.ts';
import { BaseRepository } from '../../../platform/database/base-repository.ts';
import { ApiKeyEntity } from './identity.entity.ts';

/** What a request with a key needs: the key and its owner's role today. */
export interface KeyHolder {
  readonly id: string;
  readonly workspace_id: string;
  readonly user_id: string;
  readonly scopes: Scope[];
  readonly expires_at: Date | null;
  readonly role: Role;
  /** Of a role that is not built in. */
  readonly role_verbs: number | null;
}

export class ApiKeysRepository extends BaseRepository {
  async insert(ctx: Ctx, key: Omit<ApiKeyEntity, 'lastUsedAt' | 'revokedAt' | 'workspaceId' | 'createdAt'>): Promise<void> {
    await this.manager(ctx).insert(ApiKeyEntity, {
      ...key,
      workspaceId: ctx.workspaceId,
      createdAt: ctx.clock.now(),
      lastUsedAt: null,
      revokedAt: null,
    });
  }

  /** A key that works, by the SHA-256 of it. Looked up by hash, so there is nothing to compare in constant time. */
  findHolder(ctx: Pick<Ctx, 'trx'>, hash: string, now: Date): Promise<KeyHolder | null> {
    return this.one<KeyHolder>(
      ctx,
      `select k.id, k.workspace_id, k.user_id, k.scopes, k.expires_at, m.role, r.verbs as role_verbs
         from api_key k join member m on m.workspace_id = k.workspace_id and m.user_id = k.user_id
         left join role r on r.workspace_id = m.workspace_id and r.key = m.role
        where k.key_hash = $1 and k.revoked_at is null and (k.expires_at is null or k.expires_at > $2)`,
      [hash, now],
    );
  }

  find(ctx: Ctx, id: string): Promise<ApiKeyEntity | null> {
    return this.manager(ctx).findOneBy(ApiKeyEntity, { id, workspaceId: ctx.workspaceId });
  }

  /** Keys not revoked, newest first. @param userId null = of everybody */
  async list(ctx: Ctx, userId: string | null): Promise<ApiKeyEntity[]> {
    return this.manager(ctx)
      .createQueryBuilder(ApiKeyEntity, 'k')
      .where('k.workspaceId = :workspaceId and k.revokedAt is null', { workspaceId: ctx.workspaceId })
      .andWhere(userId === null ? 'true' : 'k.userId = :userId', { userId })
      .orderBy('k.createdAt', 'DESC')
      .addOrderBy('k.id', 'DESC')
      .limit(1000)
      .getMany();
  }

  async revoke(ctx: Ctx, id: string): Promise<void> {
    await this.execute(ctx, 'update api_key set revoked_at = $3 where workspace_id = $1 and id = $2 and revoked_at is null', [
      ctx.workspaceId,
      id,
      ctx.clock.now(),
    ]);
  }

  async revokeOf(ctx: Ctx, userId: string): Promise<void> {
    await this.execute(ctx, 'update api_key set revoked_at = $3 where workspace_id = $1 and user_id = $2 and revoked_at is null', [
      ctx.workspaceId,
      userId,
      ctx.clock.now(),
    ]);
  }

  /** At most once a minute for a key, whichever process it was used in. */
  async touch(ctx: Pick<Ctx, 'trx'>, id: string, now: Date): Promise<void> {
    await this.execute(
      ctx,
      `update api_key set last_used_at = $2 where id = $1 and (last_used_at is null or last_used_at < $2::timestamptz - interval '1 minute')`,
      [id, now],
    );
  }
}
