import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { bigintTransformer } from '../../../platform/database/transformers.ts';

/** How often an asset was delivered on one day (UTC), to those who are not signed in. */
@Entity({ name: 'delivery_day' })
export class DeliveryDayEntity {
  @PrimaryColumn({ type: 'uuid', name: 'asset_id', primaryKeyConstraintName: 'delivery_day_pkey' })
  @ForeignKey('asset', { name: 'delivery_day_asset_id_fkey', onDelete: 'CASCADE' })
  assetId!: string;

  @PrimaryColumn({ type: 'date', primaryKeyConstraintName: 'delivery_day_pkey' })
  day!: string;

  @Column({ type: 'bigint', transformer: bigintTransformer })
  requests!: number;

  /** Of these, how many were told that what they have is still good. */
  @Column({ type: 'bigint', transformer: bigintTransformer })
  unchanged!: number;

  @Column({ type: 'bigint', transformer: bigintTransformer })
  bytes!: number;
}
