import type { MigrationInterface, QueryRunner } from '../src/platform/database/migration.ts';

/** How often an asset was delivered, by day (UTC). */
export class DeliveryDays implements MigrationInterface {
  name = 'DeliveryDays0000000003030';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      create table delivery_day (
        asset_id uuid not null references asset (id) on delete cascade,
        day date not null,
        requests bigint not null,
        unchanged bigint not null,
        bytes bigint not null,
        constraint delivery_day_pkey primary key (asset_id, day)
      );
    `);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query('drop table delivery_day');
  }
}
