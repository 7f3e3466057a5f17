import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';

/** A role that a workspace made for itself; built-in ones stand in `permissions.policy.ts`. */
@Entity({ name: 'role' })
export class RoleEntity {
  @PrimaryColumn({ type: 'uuid', name: 'workspace_id', primaryKeyConstraintName: 'role_pkey' })
  @ForeignKey('workspace', { name: 'role_workspace_id_fkey', onDelete: 'CASCADE' })
  workspaceId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'role_pkey' })
  key!: string;

  @Column({ type: 'text' })
  name!: string;

  /** Bits of `permissions.verbs.ts`. */
  @Column({ type: 'integer' })
  verbs!: number;

  /** Classes of metadata fields that its people see, and those that they may fill. */
  @Column({ type: 'text', array: true })
  visible!: string[];

  @Column({ type: 'text', array: true })
  editable!: string[];

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
