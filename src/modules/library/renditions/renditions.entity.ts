import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { bigintTransformer } from '../../../platform/database/transformers.ts';

/** A derivative whose bytes are stored; disposable, since they can be made again. */
@Entity({ name: 'rendition' })
@Index('rendition_recipe_key', ['versionId', 'recipeHash'], { unique: true })
export class RenditionEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'rendition_pkey' })
  id!: string;

  @Column({ type: 'uuid', name: 'workspace_id' })
  @ForeignKey('workspace', { name: 'rendition_workspace_id_fkey', onDelete: 'CASCADE' })
  workspaceId!: string;

  @Column({ type: 'uuid', name: 'version_id' })
  @ForeignKey('file_version', { name: 'rendition_version_id_fkey', onDelete: 'CASCADE' })
  versionId!: string;

  /** Hex SHA-256 of the resolved plan. */
  @Column({ type: 'text', name: 'recipe_hash' })
  recipeHash!: string;

  /** What ingest calls it; null = made for an address. */
  @Column({ type: 'text', nullable: true })
  name!: string | null;

  @Index('rendition_key_idx')
  @Column({ type: 'text', name: 'storage_key' })
  storageKey!: string;

  @Column({ type: 'text' })
  mime!: string;

  /** px */
  @Column({ type: 'integer' })
  width!: number;

  @Column({ type: 'integer' })
  height!: number;

  @Column({ type: 'bigint', transformer: bigintTransformer })
  bytes!: number;

  /** `PIPELINE_VERSION` it was made by; 0 = before it was noted. */
  @Column({ type: 'integer', default: 0 })
  pipeline!: number;

  @Index('rendition_used_idx')
  @Column({ type: 'timestamptz', name: 'last_used_at' })
  lastUsedAt!: Date;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}

/** Who is making a derivative, and until when that is believed. Unlogged: a crash of the database forgets the claims. */
@Entity({ name: 'rendition_claim' })
export class RenditionClaimEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'rendition_claim_pkey' })
  key!: string;

  @Column({ type: 'text' })
  owner!: string;

  @Column({ type: 'timestamptz' })
  until!: Date;
}
