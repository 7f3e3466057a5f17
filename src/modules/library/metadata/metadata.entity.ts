import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import type { FieldType } from './metadata.fields.ts';
import type { Source } from './metadata.precedence.ts';
import type { FieldRow } from './metadata.repository.ts';

/** A field that assets of a workspace may have a value of. */
@Entity({ name: 'metadata_field' })
@Check('metadata_field_type_check', `type in ('text', 'number', 'boolean', 'time', 'list')`)
@Index('metadata_field_key', ['workspaceId', 'key'], { unique: true })
export class MetadataFieldEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'metadata_field_pkey' })
  id!: string;

  @Column({ type: 'uuid', name: 'workspace_id' })
  @ForeignKey('workspace', { name: 'metadata_field_workspace_id_fkey', onDelete: 'CASCADE' })
  workspaceId!: string;

  @Column({ type: 'text' })
  key!: string;

  @Column({ type: 'text' })
  type!: FieldType;

  @Column({ type: 'jsonb' })
  labels!: FieldRow['labels'];

  @Column({ type: 'integer' })
  position!: number;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;
}

/** One value that one source gave a field of an asset; only ever ended, never changed. */
@Entity({ name: 'metadata_value' })
@Check('metadata_value_source_check', `source in ('embedded', 'person', 'rule', 'import', 'model')`)
@Index('metadata_value_asset_idx', ['assetId', 'fieldId'], { where: 'superseded_at is null' })
export class MetadataValueEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'metadata_value_pkey' })
  id!: string;

  @Column({ type: 'uuid', name: 'workspace_id' })
  @ForeignKey('workspace', { name: 'metadata_value_workspace_id_fkey', onDelete: 'CASCADE' })
  workspaceId!: string;

  @Column({ type: 'uuid', name: 'asset_id' })
  @ForeignKey('asset', { name: 'metadata_value_asset_id_fkey', onDelete: 'CASCADE' })
  assetId!: string;

  @Column({ type: 'uuid', name: 'field_id' })
  @ForeignKey('metadata_field', { name: 'metadata_value_field_id_fkey', onDelete: 'CASCADE' })
  fieldId!: string;

  /** Empty = the same in every language. */
  @Column({ type: 'text', default: '' })
  language!: string;

  @Column({ type: 'text', name: 'value_text', nullable: true })
  valueText!: string | null;

  @Column({ type: 'double precision', name: 'value_number', nullable: true })
  valueNumber!: number | null;

  @Column({ type: 'timestamptz', name: 'value_time', nullable: true })
  valueTime!: Date | null;

  @Column({ type: 'boolean', name: 'value_boolean', nullable: true })
  valueBoolean!: boolean | null;

  @Column({ type: 'text', name: 'value_list', array: true, nullable: true })
  valueList!: string[] | null;

  @Column({ type: 'text' })
  source!: Source;

  /** 0 to 1, of a machine's value. */
  @Column({ type: 'real', nullable: true })
  confidence!: number | null;

  /** Program that gave it. */
  @Column({ type: 'text', nullable: true })
  producer!: string | null;

  @Column({ type: 'text', name: 'created_by', nullable: true })
  createdBy!: string | null;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'superseded_at', nullable: true })
  supersededAt!: Date | null;
}
