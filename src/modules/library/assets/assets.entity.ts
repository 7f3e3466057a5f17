import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { bigintTransformer } from '../../../platform/database/transformers.ts';
import type { Rights } from '../../../platform/media/plan.ts';
import type { AssetRow, AssetWithMetadata } from './assets.repository.ts';

/** Stored bytes; equal bytes are stored once in a workspace. */
@Entity({ name: 'blob' })
@Check('blob_state_check', `state in ('stored', 'quarantined', 'missing')`)
@Index('blob_sha256_key', ['workspaceId', 'sha256'], { unique: true })
export class BlobEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'blob_pkey' })
  id!: string;

  @Column({ type: 'uuid', name: 'workspace_id' })
  @ForeignKey('workspace', { name: 'blob_workspace_id_fkey', onDelete: 'CASCADE' })
  workspaceId!: string;

  /** Hex. */
  @Column({ type: 'text' })
  sha256!: string;

  @Column({ type: 'bigint', transformer: bigintTransformer })
  bytes!: number;

  @Column({ type: 'text', default: 'stored' })
  state!: 'stored' | 'quarantined' | 'missing';

  @Column({ type: 'timestamptz', name: 'verified_at', nullable: true })
  verifiedAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}

/** A thing of the library: a name in a folder, a state, and the version that is current. */
@Entity({ name: 'asset' })
@Check('asset_status_check', `status in ('processing', 'ready', 'failed', 'quarantined')`)
@Check('asset_preview_state_check', `preview_state in ('pending', 'ready', 'none', 'failed')`)
@Index('asset_name_key', ['workspaceId', 'folderId', 'nameKey'], { unique: true, where: 'deleted_at is null' })
@Index('asset_created_idx', ['workspaceId', 'createdAt', 'id'], { where: 'deleted_at is null' })
@Index('asset_updated_idx', ['workspaceId', 'updatedAt', 'id'], { where: 'deleted_at is null' })
@Index('asset_name_idx', ['workspaceId', 'nameKey', 'id'], { where: 'deleted_at is null' })
@Index('asset_folder_created_idx', ['folderId', 'createdAt', 'id'], { where: 'deleted_at is null' })
@Index('asset_folder_updated_idx', ['folderId', 'updatedAt', 'id'], { where: 'deleted_at is null' })
@Index('asset_trash_idx', ['workspaceId', 'deletedAt', 'id'], { where: 'deleted_at is not null' })
@Index('asset_status_idx', ['status', 'updatedAt'], { where: `status = 'processing'` })
// Its operator class (`jsonb_path_ops`) cannot be said here.
@Index('asset_metadata_idx', { synchronize: false })
export class AssetEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'asset_pkey' })
  id!: string;

  @Column({ type: 'uuid', name: 'workspace_id' })
  @ForeignKey('workspace', { name: 'asset_workspace_id_fkey', onDelete: 'CASCADE' })
  workspaceId!: string;

  @Column({ type: 'uuid', name: 'folder_id' })
  @ForeignKey('folder', { name: 'asset_folder_id_fkey' })
  folderId!: string;

  @Column({ type: 'text' })
  name!: string;

  /** The name as it is compared. */
  @Column({ type: 'text', name: 'name_key' })
  nameKey!: string;

  @Column({ type: 'text', nullable: true })
  title!: string | null;

  @Column({ type: 'text', nullable: true })
  description!: string | null;

  @Column({ type: 'text', default: 'other' })
  kind!: string;

  @Column({ type: 'text' })
  status!: AssetRow['status'];

  @Column({ type: 'text', name: 'failure_code', nullable: true })
  failureCode!: string | null;

  @Column({ type: 'text', name: 'failure_detail', nullable: true })
  failureDetail!: string | null;

  /** Null only inside the transaction that makes the asset: its version comes second. */
  @Column({ type: 'uuid', name: 'current_version_id', nullable: true })
  @ForeignKey('file_version', { name: 'asset_current_version_fk', deferrable: 'INITIALLY DEFERRED' })
  currentVersionId!: string | null;

  @Column({ type: 'text', name: 'preview_state', default: 'pending' })
  previewState!: AssetRow['previewState'];

  @Column({ type: 'text', name: 'preview_reason', nullable: true })
  previewReason!: string | null;

  @Column({ type: 'text', name: 'preview_detail', nullable: true })
  previewDetail!: string | null;

  @Column({ type: 'boolean', name: 'published_manually', default: false })
  publishedManually!: boolean;

  @Column({ type: 'timestamptz', name: 'publish_from', nullable: true })
  publishFrom!: Date | null;

  @Column({ type: 'timestamptz', name: 'publish_until', nullable: true })
  publishUntil!: Date | null;

  @Column({ type: 'boolean', name: 'release_original', default: false })
  releaseOriginal!: boolean;

  @Column({ type: 'timestamptz', name: 'taken_at', nullable: true })
  takenAt!: Date | null;

  /** The effective values, by field key. */
  @Column({ type: 'jsonb', default: {} })
  metadata!: AssetWithMetadata['metadata'];

  /** Fractions 0-1 of the upright picture: they hold for the next version of the file. */
  @Column({ type: 'jsonb', name: 'focal_point', nullable: true })
  focalPoint!: AssetRow['focalPoint'];

  @Column({ type: 'jsonb', name: 'crop_box', nullable: true })
  cropBox!: AssetRow['cropBox'];

  @Column({ type: 'integer', name: 'row_version', default: 1 })
  rowVersion!: number;

  @Column({ type: 'bigint', name: 'search_version', default: 1, transformer: bigintTransformer })
  searchVersion!: number;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @Column({ type: 'text', name: 'created_by', nullable: true })
  createdBy!: string | null;

  @Column({ type: 'timestamptz', name: 'updated_at' })
  updatedAt!: Date;

  /** Set = in the trash. */
  @Column({ type: 'timestamptz', name: 'deleted_at', nullable: true })
  deletedAt!: Date | null;
}

/** One file that an asset has or had, and what ingest found in it. */
@Entity({ name: 'file_version' })
@Index('file_version_number_key', ['assetId', 'number'], { unique: true })
export class FileVersionEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'file_version_pkey' })
  id!: string;

  @Column({ type: 'uuid', name: 'workspace_id' })
  @ForeignKey('workspace', { name: 'file_version_workspace_id_fkey', onDelete: 'CASCADE' })
  workspaceId!: string;

  @Column({ type: 'uuid', name: 'asset_id' })
  @ForeignKey('asset', { name: 'file_version_asset_id_fkey', onDelete: 'CASCADE' })
  assetId!: string;

  /** From 1, without holes. */
  @Column({ type: 'integer' })
  number!: number;

  @Index('file_version_blob_idx')
  @Column({ type: 'uuid', name: 'blob_id' })
  @ForeignKey('blob', { name: 'file_version_blob_id_fkey' })
  blobId!: string;

  /** As the client named it. */
  @Column({ type: 'text', name: 'original_name' })
  originalName!: string;

  @Column({ type: 'text', default: 'application/octet-stream' })
  mime!: string;

  @Column({ type: 'text', default: 'bin' })
  extension!: string;

  @Column({ type: 'bigint', transformer: bigintTransformer })
  bytes!: number;

  /** px, as shown (after orientation). */
  @Column({ type: 'integer', nullable: true })
  width!: number | null;

  @Column({ type: 'integer', nullable: true })
  height!: number | null;

  @Column({ type: 'integer', nullable: true })
  pages!: number | null;

  @Column({ type: 'integer', nullable: true })
  frames!: number | null;

  @Column({ type: 'integer', name: 'duration_ms', nullable: true })
  durationMs!: number | null;

  @Column({ type: 'boolean', name: 'has_alpha', nullable: true })
  hasAlpha!: boolean | null;

  /** 1 to 8, as EXIF counts. */
  @Column({ type: 'integer', nullable: true })
  orientation!: number | null;

  @Column({ type: 'jsonb', default: [] })
  colours!: AssetRow['colours'];

  @Column({ type: 'text', nullable: true })
  thumbhash!: string | null;

  @Column({ type: 'text', nullable: true })
  phash!: string | null;

  /** Raw tags as read. */
  @Column({ type: 'jsonb', default: {} })
  embedded!: Record<string, unknown>;

  /** What the file says of its rights; null = nothing. */
  @Column({ type: 'jsonb', nullable: true })
  rights!: Rights | null;

  @Column({ type: 'jsonb', default: {} })
  probe!: Record<string, unknown>;

  @Column({ type: 'timestamptz', name: 'ingested_at', nullable: true })
  ingestedAt!: Date | null;

  @Column({ type: 'text', nullable: true })
  note!: string | null;

  @Column({ type: 'text', name: 'created_by', nullable: true })
  createdBy!: string | null;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
