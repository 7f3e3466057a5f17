import type { Role } from '../../../context.ts';
import { BaseRepository } from '../../../platform/database/base-repository.ts';

export interface PrincipalRow {
  userId: string;
  role: Role;
  /** Of a role that is not built in. */
  roleVerbs: number | null;
  scopes: string[] | null;
}

/** What a token's principal is in a workspace now: gone members and revoked keys are nobody. */
export class PrincipalsRepository extends BaseRepository {
  user(workspaceId: string, userId: string): Promise<PrincipalRow | null> {
    return this.one(
      {},
      `select m.user_id as "userId", m.role, r.verbs as "roleVerbs", null::text[] as scopes
       from member m left join role r on r.workspace_id = m.workspace_id and r.key = m.role
       where m.workspace_id = $1 and m.user_id = $2`,
      [workspaceId, userId],
    );
  }

  apiKey(workspaceId: string, keyId: string, now: Date): Promise<PrincipalRow | null> {
    return this.one(
      {},
      `select k.user_id as "userId", m.role, r.verbs as "roleVerbs", k.scopes
       from api_key k join member m on m.workspace_id = k.workspace_id and m.user_id = k.user_id
       left join role r on r.workspace_id = m.workspace_id and r.key = m.role
       where k.workspace_id = $1 and k.id = $2 and k.revoked_at is null and (k.expires_at is null or k.expires_at > $3)`,
      [workspaceId, keyId, now],
    );
  }
}
