import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A permission root: a place with grants of its own. `parent_id` null = the workspace's root, or a broken inheritance. */
@Entity({ name: 'acl' })
@Check('acl_kind_check', `kind in ('workspace', 'folder', 'collection', 'campaign')`)
@Index('acl_workspace_idx', ['workspaceId', 'kind'])
@Index('acl_workspace_root_key', { synchronize: false })
export class AclEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'acl_pkey' })
  id!: string;

  @Column({ type: 'uuid', name: 'workspace_id' })
  @ForeignKey('workspace', { name: 'acl_workspace_id_fkey', onDelete: 'CASCADE' })
  workspaceId!: string;

  @Column({ type: 'text' })
  kind!: string;

  @Index('acl_parent_idx')
  @Column({ type: 'uuid', name: 'parent_id', nullable: true })
  @ForeignKey('acl', { name: 'acl_parent_id_fkey', onDelete: 'CASCADE' })
  parentId!: string | null;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}

/** What one principal may or may not do on one acl and below it. */
@Entity({ name: 'access_grant' })
@Check('access_grant_principal_kind_check', `principal_kind in ('user', 'group', 'api_key', 'share', 'guest')`)
@Check('access_grant_effect_check', `effect in ('allow', 'deny')`)
@Index('access_grant_principal_idx', ['workspaceId', 'principalKind', 'principalId'])
export class AccessGrantEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'access_grant_pkey' })
  id!: string;

  @Column({ type: 'uuid', name: 'workspace_id' })
  @ForeignKey('workspace', { name: 'access_grant_workspace_id_fkey', onDelete: 'CASCADE' })
  workspaceId!: string;

  @Index('access_grant_acl_idx')
  @Column({ type: 'uuid', name: 'acl_id' })
  @ForeignKey('acl', { name: 'access_grant_acl_id_fkey', onDelete: 'CASCADE' })
  aclId!: string;

  @Column({ type: 'text', name: 'principal_kind' })
  principalKind!: string;

  @Column({ type: 'text', name: 'principal_id' })
  principalId!: string;

  /** Bits of `permissions.verbs.ts`. */
  @Column({ type: 'integer' })
  verbs!: number;

  @Column({ type: 'text' })
  effect!: string;

  @Column({ type: 'timestamptz', nullable: true })
  until!: Date | null;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
