import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';

/** What a call with this key was answered. */
@Entity({ name: 'idempotency' })
@Index('idempotency_created_idx', ['createdAt'])
export class IdempotencyEntity {
  @ForeignKey('workspace', { name: 'idempotency_workspace_id_fkey', onDelete: 'CASCADE' })
  @PrimaryColumn({ type: 'uuid', name: 'workspace_id', primaryKeyConstraintName: 'idempotency_pkey' })
  workspaceId!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'idempotency_pkey' })
  actor!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'idempotency_pkey' })
  key!: string;

  /** Operation id. */
  @Column({ type: 'text' })
  route!: string;

  /** SHA-256 of path parameters, query and body. */
  @Column({ type: 'text', name: 'body_hash' })
  bodyHash!: string;

  /** Status, headers and body; null only inside the transaction that writes it, or when nothing was answered. */
  @Column({ type: 'json', nullable: true })
  reply!: object | null;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
