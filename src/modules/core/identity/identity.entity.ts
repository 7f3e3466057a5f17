import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { bigintTransformer } from '../../../platform/database/transformers.ts';

export interface WorkspaceSettings {
  timeZone: string;
  currency: string;
  locale: string;
  fiscalYearStart: number;
}

@Entity({ name: 'workspace' })
@Unique('workspace_slug_key', ['slug'])
export class WorkspaceEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'workspace_pkey' })
  id!: string;

  @Column({ type: 'text' })
  slug!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'jsonb' })
  settings!: WorkspaceSettings;

  @Column({ type: 'bigint', name: 'quota_bytes', nullable: true, transformer: bigintTransformer })
  quotaBytes!: number | null;

  @Column({ type: 'bigint', name: 'person_quota_bytes', nullable: true, transformer: bigintTransformer })
  personQuotaBytes!: number | null;

  @Column({ type: 'bigint', name: 'used_bytes', default: 0, transformer: bigintTransformer })
  usedBytes!: number;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}

@Entity({ name: 'member' })
export class MemberEntity {
  @PrimaryColumn({ type: 'uuid', name: 'workspace_id', primaryKeyConstraintName: 'member_pkey' })
  @ForeignKey('workspace', { name: 'member_workspace_id_fkey', onDelete: 'CASCADE' })
  workspaceId!: string;

  @Index('member_user_idx')
  @PrimaryColumn({ type: 'text', name: 'user_id', primaryKeyConstraintName: 'member_pkey' })
  @ForeignKey('account_user', { name: 'member_user_id_fkey', onDelete: 'CASCADE' })
  userId!: string;

  /** The key of a built-in role or of a row of `role`. */
  @Column({ type: 'text' })
  role!: string;

  /** Null = the workspace's default for people. */
  @Column({ type: 'bigint', name: 'quota_bytes', nullable: true, transformer: bigintTransformer })
  quotaBytes!: number | null;

  @Column({ type: 'bigint', name: 'used_bytes', default: 0, transformer: bigintTransformer })
  usedBytes!: number;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}

@Entity({ name: 'api_key' })
@Unique('api_key_key_hash_key', ['keyHash'])
@Index('api_key_workspace_idx', ['workspaceId', 'createdAt'])
export class ApiKeyEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'api_key_pkey' })
  id!: string;

  @Column({ type: 'uuid', name: 'workspace_id' })
  @ForeignKey('workspace', { name: 'api_key_workspace_id_fkey', onDelete: 'CASCADE' })
  workspaceId!: string;

  @Column({ type: 'text', name: 'user_id' })
  @ForeignKey('account_user', { name: 'api_key_user_id_fkey', onDelete: 'CASCADE' })
  userId!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'text' })
  prefix!: string;

  /** Hex SHA-256 of the whole key; the key itself is kept nowhere. */
  @Column({ type: 'text', name: 'key_hash' })
  keyHash!: string;

  @Column({ type: 'text', array: true })
  scopes!: string[];

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'last_used_at', nullable: true })
  lastUsedAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'expires_at', nullable: true })
  expiresAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'revoked_at', nullable: true })
  revokedAt!: Date | null;
}

/** A person, in better-auth's table (its other tables have no entity: only better-auth and plain SQL touch them). */
@Entity({ name: 'account_user', schema: 'auth' })
@Unique('account_user_email_key', ['email'])
export class AccountUserEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'account_user_pkey' })
  id!: string;

  @Column({ type: 'text' })
  name!: string;

  /** In lower case. */
  @Column({ type: 'text' })
  email!: string;

  @Column({ type: 'boolean', name: 'email_verified', default: false })
  emailVerified!: boolean;

  @Column({ type: 'text', nullable: true })
  image!: string | null;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', default: () => 'now()' })
  updatedAt!: Date;

  @Column({ type: 'timestamptz', name: 'last_sign_in_at', nullable: true })
  lastSignInAt!: Date | null;
}
