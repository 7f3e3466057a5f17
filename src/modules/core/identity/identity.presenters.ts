import { isScope } from './identity.scopes.ts';
import type { ApiKeyDto, MemberDto, WorkspaceDto } from './identity.schema.ts';

interface MemberLike {
  readonly user_id: string;
  readonly name: string;
  readonly email: string;
  readonly role: MemberDto['role'];
  readonly used_bytes: number;
  readonly quota_bytes: number | null;
  readonly created_at: Date;
}

interface WorkspaceLike extends Pick<WorkspaceDto, 'id' | 'slug' | 'name' | 'settings' | 'personQuotaBytes'> {
  readonly usedBytes: number;
  readonly quotaBytes: number | null;
}

interface KeyLike {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly expiresAt: Date | null;
}

export function presentMember(row: MemberLike): MemberDto {
  return {
    userId: row.user_id,
    name: row.name,
    email: row.email,
    role: row.role,
    quota: { usedBytes: row.used_bytes, limitBytes: row.quota_bytes },
    createdAt: row.created_at.toISOString(),
  };
}

export function presentWorkspace(workspace: WorkspaceLike): WorkspaceDto {
  const { id, slug, name, settings, usedBytes, quotaBytes, personQuotaBytes } = workspace;
  return { id, slug, name, settings, quota: { usedBytes, limitBytes: quotaBytes }, personQuotaBytes };
}

export function presentKey(key: KeyLike): ApiKeyDto {
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
