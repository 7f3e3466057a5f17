import { isScope } from './identity.scopes.ts';
import type { ApiKeyEntity, WorkspaceEntity } from './identity.entity.ts';
import type { ApiKeyDto, MemberDto, WorkspaceDto } from './identity.schema.ts';
import type { MemberRow } from './members.repository.ts';

export function presentMember(row: MemberRow): MemberDto {
  return {
    userId: row.user_id,
    name: row.name,
    email: row.email,
    role: row.role,
    quota: { usedBytes: row.used_bytes, limitBytes: row.quota_bytes },
    createdAt: row.created_at.toISOString(),
  };
}

export function presentWorkspace(workspace: WorkspaceEntity): WorkspaceDto {
  const { id, slug, name, settings, usedBytes, quotaBytes, personQuotaBytes } = workspace;
  return { id, slug, name, settings, quota: { usedBytes, limitBytes: quotaBytes }, personQuotaBytes };
}

export function presentKey(key: ApiKeyEntity): ApiKeyDto {
  return {
    id: key.id,
    name: key.name,
    prefix: key.prefix,
    scopes: key.scopes.filter(isScope),
    createdAt: key.createdAt.toISOString(),
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
    expiresAt: key.expiresAt?.toISOString() ?? null,
  };
}
