import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { Source } from './metadata.precedence.ts';
import type { FieldRow } from './metadata.repository.ts';

/** A list of terms; tags are the terms of the vocabulary `tags`. */
@Entity({ name: 'vocabulary' })
@Index('vocabulary_key', ['workspaceId', 'key'], { unique: true })
export class VocabularyEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'vocabulary_pkey' })
  id!: string;

  @Column({ type: 'uuid', name: 'workspace_id' })
  @ForeignKey('workspace', { name: 'vocabulary_workspace_id_fkey', onDelete: 'CASCADE' })
  workspaceId!: string;

  @Column({ type: 'text' })
  key!: string;

  @Column({ type: 'jsonb' })
  labels!: FieldRow['labels'];

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}

@Entity({ name: 'term' })
@Index('term_key', ['vocabularyId', 'key'], { unique: true })
// Its operator class (`gin_trgm_ops`) cannot be said here.
@Index('term_key_trgm', { synchronize: false })
export class TermEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'term_pkey' })
  id!: string;

  @Column({ type: 'uuid', name: 'workspace_id' })
  @ForeignKey('workspace', { name: 'term_workspace_id_fkey', onDelete: 'CASCADE' })
  workspaceId!: string;

  @Column({ type: 'uuid', name: 'vocabulary_id' })
  @ForeignKey('vocabulary', { name: 'term_vocabulary_id_fkey', onDelete: 'CASCADE' })
  vocabularyId!: string;

  @Column({ type: 'uuid', name: 'parent_id', nullable: true })
  @ForeignKey('term', { name: 'term_parent_id_fkey' })
  parentId!: string | null;

  /** The label as it is compared. */
  @Column({ type: 'text' })
  key!: string;

  @Column({ type: 'text' })
  label!: string;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}

/** An asset has a term, and says who gave it. */
@Entity({ name: 'asset_term' })
@Check('asset_term_source_check', `source in ('embedded', 'person', 'rule', 'import', 'model')`)
export class AssetTermEntity {
  @PrimaryColumn({ type: 'uuid', name: 'asset_id', primaryKeyConstraintName: 'asset_term_pkey' })
  @ForeignKey('asset', { name: 'asset_term_asset_id_fkey', onDelete: 'CASCADE' })
  assetId!: string;

  @Index('asset_term_term_idx')
  @PrimaryColumn({ type: 'uuid', name: 'term_id', primaryKeyConstraintName: 'asset_term_pkey' })
  @ForeignKey('term', { name: 'asset_term_term_id_fkey', onDelete: 'CASCADE' })
  termId!: string;

  @Column({ type: 'text' })
  source!: Source;

  /** 0 to 1, of a machine's choice. */
  @Column({ type: 'real', nullable: true })
  confidence!: number | null;

  @Column({ type: 'text', name: 'created_by', nullable: true })
  createdBy!: string | null;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}
