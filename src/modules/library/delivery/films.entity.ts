import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { bigintTransformer } from '../../../platform/database/transformers.ts';
import type { FilmMake, FilmSource } from '../../../platform/media/film-plan.ts';
import type { Key } from '../../../platform/storage/storage.ts';

/** What it is made from. */
export interface FilmOrigin extends FilmSource {
  /** Files of the layers' pictures, by their number. */
  readonly inputs: readonly Key[];
  /** What planning knew of them, by library path; it alone understands that. */
  readonly layers: readonly (readonly [path: string, facts: unknown])[];
  /** Films and (without a source) subtitles laid over it, by their number; absent in rows from before there were any. */
  readonly files?: readonly { readonly key: Key; readonly source: FilmSource | null }[];
}

/** What there is of a film so far. */
export interface Made {
  /** Lengths (s) of the pieces of each rung, and of `audio`, in order. */
  readonly pieces: Readonly<Record<string, readonly number[]>>;
  /** RFC 6381 names by rung. */
  readonly codecs: Readonly<Record<string, string>>;
  /** Of a single file. */
  readonly bytes: number;
}

/** Something a URL asked of a film: the wish, how far it is, and what came of it. */
@Entity({ name: 'film' })
@Index('film_recipe_key', ['versionId', 'recipeHash'], { unique: true })
@Index('film_bytes_idx', ['workspaceId', 'bytes'])
@Index('film_open_idx', ['workspaceId'], { where: `state in ('queued', 'running')` })
@Index('film_asked_idx', ['askedAt'])
@Index('film_pieces_idx', ['blobId', 'recipeHash'])
@Check('film_state_check', `state in ('queued', 'running', 'ready', 'failed')`)
export class FilmEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'film_pkey' })
  id!: string;

  @Column({ type: 'uuid', name: 'workspace_id' })
  @ForeignKey('workspace', { name: 'film_workspace_id_fkey', onDelete: 'CASCADE' })
  workspaceId!: string;

  @Column({ type: 'uuid', name: 'asset_id' })
  assetId!: string;

  @Column({ type: 'uuid', name: 'version_id' })
  @ForeignKey('file_version', { name: 'film_version_id_fkey', onDelete: 'CASCADE' })
  versionId!: string;

  @Column({ type: 'uuid', name: 'blob_id' })
  blobId!: string;

  /** Hex SHA-256 over what is made. */
  @Column({ type: 'text', name: 'recipe_hash' })
  recipeHash!: string;

  @Column({ type: 'jsonb' })
  make!: FilmMake;

  @Column({ type: 'jsonb' })
  source!: FilmOrigin;

  @Column({ type: 'text' })
  mime!: string;

  /** `queued`, `running`, `ready` or `failed`. */
  @Column({ type: 'text' })
  state!: 'queued' | 'running' | 'ready' | 'failed';

  /** 0-1 */
  @Column({ type: 'real' })
  progress!: number;

  /** Why it failed, for people. */
  @Column({ type: 'text', nullable: true })
  reason!: string | null;

  @Column({ type: 'jsonb' })
  made!: Made;

  /** What its pieces take of the store. */
  @Column({ type: 'bigint', default: 0, transformer: bigintTransformer })
  bytes!: number;

  /** How often work on it began; only the last run may say what came of it. */
  @Column({ type: 'integer', default: 0 })
  attempt!: number;

  @Column({ type: 'timestamptz', name: 'created_at' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'updated_at' })
  updatedAt!: Date;

  /** When somebody last wanted it, to half a day. */
  @Column({ type: 'timestamptz', name: 'asked_at', default: () => 'now()' })
  askedAt!: Date;
}
