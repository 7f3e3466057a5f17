import { AuditEntryEntity } from './modules/core/audit-log/audit-log.entity.ts';
import { AccountUserEntity, ApiKeyEntity, MemberEntity, WorkspaceEntity } from './modules/core/identity/identity.entity.ts';
import { JobEntity, JobItemEntity } from './modules/core/jobs/jobs.entity.ts';
import { AccessGrantEntity, AclEntity } from './modules/core/permissions/permissions.entity.ts';
import type { EntityClass } from './platform/database/data-source.ts';

/** Every TypeORM entity of every module, listed by hand so that it works the same from source and compiled. */
export const entities: EntityClass[] = [
  WorkspaceEntity,
  MemberEntity,
  ApiKeyEntity,
  AccountUserEntity,
  AclEntity,
  AccessGrantEntity,
  AuditEntryEntity,
  JobEntity,
  JobItemEntity,
];
