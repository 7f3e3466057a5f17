import { BaseRepository } from '../../../platform/database/base-repository.ts';

export interface PrincipalRow {
  userId: string;
  role: 'admin' | 'editor' | 'viewer';
  scopes: string[] | null;
}

/** What a token's principal is in a workspace now: gone members and revoked keys are nobody. */
export class PrincipalsRepository extends BaseRepository {
  user(workspaceId: string, userId: string): Promise<PrincipalRow | null> {
    return this.one({}, `select user_id as "userId", role, null::text[] as scopes from member where workspace_id = $1 and user_id = $2`, [
      workspaceId,
      userId,
    ]);
  }

  apiKey(workspaceId: string, keyId: string, now: Date): Promise<PrincipalRow | null> {
    return this.one(
      {},
      `select k.user_id as "userId", m.role, k.scopes from api_key k join member m on m.workspace_id = k.workspace_id and m.user_id = k.user_id
       where k.workspace_id = $1 and k.id = $2 and k.revoked_at is null and (k.expires_at is null or k.expires_at > $3)`,
      [workspaceId, keyId, now],
    );
  }
}
