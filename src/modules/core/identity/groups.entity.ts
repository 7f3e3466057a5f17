import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** People who are granted things together. */
@Entity({ name: 'principal_group' })
@Index('principal_group_name_key', { synchronize: false })
export class GroupEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'principal_group_pkey' })
  id!: string;

  @Column({ type: 'uuid', name: 'workspace_id' })
  @ForeignKey('workspace', { name: 'principal_group_workspace_id_fkey', onDelete: 'CASCADE' })
  workspaceId!: string;

  /** Unique in the workspace, whatever its case. */
  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}

/** Ends with the membership in the workspace. */
@Entity({ name: 'group_member' })
@ForeignKey('member', ['workspaceId', 'userId'], ['workspaceId', 'userId'], { name: 'group_member_member_fkey', onDelete: 'CASCADE' })
@Index('group_member_user_idx', ['workspaceId', 'userId'])
export class GroupMemberEntity {
  @PrimaryColumn({ type: 'uuid', name: 'group_id', primaryKeyConstraintName: 'group_member_pkey' })
  @ForeignKey('principal_group', { name: 'group_member_group_id_fkey', onDelete: 'CASCADE' })
  groupId!: string;

  @Column({ type: 'uuid', name: 'workspace_id' })
  workspaceId!: string;

  @PrimaryColumn({ type: 'text', name: 'user_id', primaryKeyConstraintName: 'group_member_pkey' })
  userId!: string;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
