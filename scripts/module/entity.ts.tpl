import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One {{words}} of a workspace. */
@Entity({ name: '{{table}}' })
@Index('{{table}}_workspace_idx', ['workspaceId', 'id'])
export class {{Item}}Entity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: '{{table}}_pkey' })
  id!: string;

  @Column({ type: 'uuid', name: 'workspace_id' })
  workspaceId!: string;

  @Column({ type: 'text' })
  name!: string;

  @Column({ type: 'integer', name: 'row_version', default: 1 })
  rowVersion!: number;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @Column({ type: 'text', name: 'created_by', nullable: true })
  createdBy!: string | null;

  @Column({ type: 'timestamptz', name: 'deleted_at', nullable: true })
  deletedAt!: Date | null;
}
