import { AuditEntryEntity } from './modules/core/audit-log/audit-log.entity.ts';
import { RoleEntity } from './modules/core/identity/roles.entity.ts';
import { AccountUserEntity, ApiKeyEntity, MemberEntity, WorkspaceEntity } from './modules/core/identity/identity.entity.ts';
import { GroupEntity, GroupMemberEntity } from './modules/core/identity/groups.entity.ts';
import { IdempotencyEntity } from './modules/core/idempotency/idempotency.entity.ts';
import { JobEntity, JobItemEntity } from './modules/core/jobs/jobs.entity.ts';
import { AccessGrantEntity, AclEntity } from './modules/core/permissions/permissions.entity.ts';
import { AssetEntity, BlobEntity, FileVersionEntity } from './modules/library/assets/assets.entity.ts';
import { DeliverySettingEntity, NamedTransformationEntity, SigningKeyEntity } from './modules/library/delivery/endpoints.entity.ts';
import { FilmEntity } from './modules/library/delivery/films.entity.ts';
import { CdnPurgeEntity, CdnPurgeTurnEntity } from './modules/library/delivery/purge.entity.ts';
import { DeliveryDayEntity } from './modules/library/delivery/usage.entity.ts';
import { FolderEntity, PathAliasEntity } from './modules/library/folders/folders.entity.ts';
import { MetadataFieldEntity, MetadataValueEntity } from './modules/library/metadata/metadata.entity.ts';
import { AssetTermEntity, TermEntity, VocabularyEntity } from './modules/library/metadata/terms.entity.ts';
import { RenditionClaimEntity, RenditionEntity } from './modules/library/renditions/renditions.entity.ts';
import { UploadEntity } from './modules/library/uploads/uploads.entity.ts';
import type { EntityClass } from './platform/database/data-source.ts';

/** Every TypeORM entity of every module, listed by hand so that it works the same from source and compiled. */
export const entities: EntityClass[] = [
  WorkspaceEntity,
  MemberEntity,
  RoleEntity,
  GroupEntity,
  GroupMemberEntity,
  ApiKeyEntity,
  AccountUserEntity,
  AclEntity,
  AccessGrantEntity,
  AuditEntryEntity,
  IdempotencyEntity,
  JobEntity,
  JobItemEntity,
  FolderEntity,
  PathAliasEntity,
  BlobEntity,
  AssetEntity,
  FileVersionEntity,
  UploadEntity,
  MetadataFieldEntity,
  MetadataValueEntity,
  VocabularyEntity,
  TermEntity,
  AssetTermEntity,
  RenditionEntity,
  RenditionClaimEntity,
  FilmEntity,
  DeliveryDayEntity,
  CdnPurgeEntity,
  CdnPurgeTurnEntity,
  NamedTransformationEntity,
  SigningKeyEntity,
  DeliverySettingEntity,
];
