import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One thing that was done; only ever inserted. */
@Entity({ name: 'audit_entry' })
@Index('audit_entry_time_idx', ['workspaceId', 'at', 'id'])
@Index('audit_entry_subject_idx', ['workspaceId', 'subjectKind', 'subjectId', 'at'])
export class AuditEntryEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'audit_entry_pkey' })
  id!: string;

  @Column({ type: 'uuid', name: 'workspace_id' })
  workspaceId!: string;

  @Column({ type: 'text', name: 'actor_kind' })
  actorKind!: string;

  @Column({ type: 'text', name: 'actor_id', nullable: true })
  actorId!: string | null;

  @Column({ type: 'text' })
  action!: string;

  @Column({ type: 'text', name: 'subject_kind' })
  subjectKind!: string;

  @Column({ type: 'text', name: 'subject_id' })
  subjectId!: string;

  @Column({ type: 'jsonb', nullable: true })
  before!: Record<string, unknown> | null;

  @Column({ type: 'jsonb', nullable: true })
  after!: Record<string, unknown> | null;

  @Column({ type: 'text', name: 'request_id' })
  requestId!: string;

  @Column({ type: 'timestamptz' })
  at!: Date;
}
