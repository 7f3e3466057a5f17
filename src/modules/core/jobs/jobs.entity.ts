import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** Long work that somebody started; its items are done one by one. */
@Entity({ name: 'job' })
@Check('job_state_check', `state in ('queued', 'running', 'done', 'failed', 'cancelled', 'undone')`)
@Index('job_actor_idx', ['workspaceId', 'actorId', 'createdAt'])
@Index('job_created_idx', ['createdAt'])
export class JobEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'job_pkey' })
  id!: string;

  @Column({ type: 'uuid', name: 'workspace_id' })
  @ForeignKey('workspace', { name: 'job_workspace_id_fkey', onDelete: 'CASCADE' })
  workspaceId!: string;

  @Column({ type: 'text' })
  kind!: string;

  @Column({ type: 'text', name: 'actor_kind' })
  actorKind!: string;

  @Column({ type: 'text', name: 'actor_id', nullable: true })
  actorId!: string | null;

  @Column({ type: 'text' })
  state!: 'queued' | 'running' | 'done' | 'failed' | 'cancelled' | 'undone';

  @Column({ type: 'integer', nullable: true })
  total!: number | null;

  /** Done or skipped. */
  @Column({ type: 'integer', default: 0 })
  done!: number;

  @Column({ type: 'integer', default: 0 })
  failed!: number;

  @Column({ type: 'boolean', name: 'cancel_requested', default: false })
  cancelRequested!: boolean;

  @Column({ type: 'boolean', default: false })
  undoable!: boolean;

  @Column({ type: 'jsonb' })
  params!: Record<string, unknown>;

  @Column({ type: 'jsonb', nullable: true })
  result!: Record<string, unknown> | null;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'finished_at', nullable: true })
  finishedAt!: Date | null;

  @Column({ type: 'text', name: 'undo_actor_kind', nullable: true })
  undoActorKind!: string | null;

  @Column({ type: 'text', name: 'undo_actor_id', nullable: true })
  undoActorId!: string | null;

  @Column({ type: 'timestamptz', name: 'undo_requested_at', nullable: true })
  undoRequestedAt!: Date | null;
}

@Entity({ name: 'job_item' })
@Check('job_item_state_check', `state in ('pending', 'done', 'failed', 'skipped', 'undone')`)
@Index('job_item_state_idx', ['jobId', 'state', 'position'])
export class JobItemEntity {
  @PrimaryColumn({ type: 'uuid', name: 'job_id', primaryKeyConstraintName: 'job_item_pkey' })
  @ForeignKey('job', { name: 'job_item_job_id_fkey', onDelete: 'CASCADE' })
  jobId!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'job_item_pkey' })
  position!: number;

  @Column({ type: 'text' })
  key!: string;

  @Column({ type: 'text' })
  state!: 'pending' | 'done' | 'failed' | 'skipped' | 'undone';

  @Column({ type: 'text', nullable: true })
  reason!: string | null;

  /** What undoes it; null = nothing does. */
  @Column({ type: 'jsonb', nullable: true })
  undo!: Record<string, unknown> | null;
}
