import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** A place in the tree of addresses; `acl_id` is the nearest permission root. */
@Entity({ name: 'folder' })
@Index('folder_path_key', ['workspaceId', 'path'], { unique: true, where: 'deleted_at is null' })
@Index('folder_parent_idx', ['workspaceId', 'parentId'], { where: 'deleted_at is null' })
export class FolderEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'folder_pkey' })
  id!: string;

  @Column({ type: 'uuid', name: 'workspace_id' })
  @ForeignKey('workspace', { name: 'folder_workspace_id_fkey', onDelete: 'CASCADE' })
  workspaceId!: string;

  /** Null = the workspace's root folder. */
  @Column({ type: 'uuid', name: 'parent_id', nullable: true })
  @ForeignKey('folder', { name: 'folder_parent_id_fkey' })
  parentId!: string | null;

  @Column({ type: 'text' })
  name!: string;

  /** Whole address, from `/`. */
  @Column({ type: 'text' })
  path!: string;

  @Index('folder_acl_idx')
  @Column({ type: 'uuid', name: 'acl_id' })
  @ForeignKey('acl', { name: 'folder_acl_id_fkey' })
  aclId!: string;

  @Column({ type: 'integer', name: 'row_version', default: 1 })
  rowVersion!: number;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @Column({ type: 'text', name: 'created_by', nullable: true })
  createdBy!: string | null;

  @Column({ type: 'timestamptz', name: 'deleted_at', nullable: true })
  deletedAt!: Date | null;
}

/** An address that an asset or a folder had before. No foreign keys: what it leads to may be gone, then it leads nowhere. */
@Entity({ name: 'path_alias' })
@Index('path_alias_path_idx', ['workspaceId', 'path', 'createdAt'])
export class PathAliasEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'path_alias_pkey' })
  id!: string;

  @Column({ type: 'uuid', name: 'workspace_id' })
  @ForeignKey('workspace', { name: 'path_alias_workspace_id_fkey', onDelete: 'CASCADE' })
  workspaceId!: string;

  @Column({ type: 'text' })
  path!: string;

  @Column({ type: 'uuid', name: 'asset_id', nullable: true })
  assetId!: string | null;

  @Column({ type: 'uuid', name: 'folder_id', nullable: true })
  folderId!: string | null;

  @Column({ type: 'timestamptz' })
  until!: Date;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
