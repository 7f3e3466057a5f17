import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { bigintTransformer } from '../../../platform/database/transformers.ts';
import type { UploadRow, UploadTarget } from './uploads.repository.ts';

/** A file on its way in. Its blob and its asset have no foreign key: the blob's row comes at the end, the asset may go. */
@Entity({ name: 'upload' })
@Check('upload_state_check', `state in ('open', 'receiving', 'committing', 'done', 'expired')`)
@Index('upload_idempotency_key', ['workspaceId', 'owner', 'idempotencyKey'], { unique: true, where: 'idempotency_key is not null' })
@Index('upload_expiry_idx', ['expiresAt'], { where: `state in ('open', 'receiving', 'committing')` })
@Index('upload_owner_idx', ['workspaceId', 'owner'], { where: `state in ('open', 'receiving', 'committing')` })
export class UploadEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'upload_pkey' })
  id!: string;

  @Column({ type: 'uuid', name: 'workspace_id' })
  @ForeignKey('workspace', { name: 'upload_workspace_id_fkey', onDelete: 'CASCADE' })
  workspaceId!: string;

  /** The credential that opened it: a person or an API key. */
  @Column({ type: 'text' })
  owner!: string;

  /** Whose quota it counts against. */
  @Column({ type: 'text', name: 'user_id', nullable: true })
  userId!: string | null;

  @Index('upload_blob_idx')
  @Column({ type: 'uuid', name: 'blob_id' })
  blobId!: string;

  /** Null = the length is not known yet. */
  @Column({ type: 'bigint', name: 'declared_bytes', nullable: true, transformer: bigintTransformer })
  declaredBytes!: number | null;

  @Column({ type: 'bigint', name: 'received_bytes', default: 0, transformer: bigintTransformer })
  receivedBytes!: number;

  @Column({ type: 'text' })
  state!: UploadRow['state'];

  @Column({ type: 'text' })
  filename!: string;

  @Column({ type: 'jsonb' })
  target!: UploadTarget;

  /** What storage needs to go on writing. */
  @Column({ type: 'jsonb', nullable: true })
  draft!: UploadRow['draft'];

  @Column({ type: 'text', name: 'idempotency_key', nullable: true })
  idempotencyKey!: string | null;

  @Column({ type: 'uuid', name: 'asset_id', nullable: true })
  assetId!: string | null;

  /** `Upload-Metadata` as the tus client sent it: a HEAD must give back just that. */
  @Column({ type: 'text', name: 'metadata_header', nullable: true })
  metadataHeader!: string | null;

  /** Hex SHA-256 of the other fields of the request, once done: what its Idempotency-Key stands for beside the bytes. */
  @Column({ type: 'text', name: 'fields_hash', nullable: true })
  fieldsHash!: string | null;

  /** Hex, once done. */
  @Column({ type: 'text', nullable: true })
  sha256!: string | null;

  /** Which request writes now, and until when that is believed. */
  @Column({ type: 'text', name: 'lease_owner', nullable: true })
  leaseOwner!: string | null;

  @Column({ type: 'timestamptz', name: 'lease_until', nullable: true })
  leaseUntil!: Date | null;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'finished_at', nullable: true })
  finishedAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'expires_at' })
  expiresAt!: Date;
}
