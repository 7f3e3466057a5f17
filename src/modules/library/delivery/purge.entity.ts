import { Check, Column, Entity, PrimaryColumn, PrimaryGeneratedColumn } from 'typeorm';

/** A tag that a CDN has yet to be told of. Only ever added and removed: changes do not wait for each other. */
@Entity({ name: 'cdn_purge' })
export class CdnPurgeEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS', primaryKeyConstraintName: 'cdn_purge_pkey' })
  id!: string;

  @Column({ type: 'text' })
  tag!: string;

  /** Not before every process has forgotten what it knew. */
  @Column({ type: 'timestamptz', name: 'due_at' })
  dueAt!: Date;
}

/** Which job tells the CDN, and until when that is believed; one row. */
@Entity({ name: 'cdn_purge_turn' })
@Check('cdn_purge_turn_single_check', 'single')
export class CdnPurgeTurnEntity {
  @PrimaryColumn({ type: 'boolean', primaryKeyConstraintName: 'cdn_purge_turn_pkey' })
  single!: boolean;

  @Column({ type: 'uuid', nullable: true })
  owner!: string | null;

  @Column({ type: 'timestamptz' })
  until!: Date;
}
