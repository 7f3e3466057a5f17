import type { MigrationInterface, QueryRunner } from '../src/platform/database/migration.ts';

/** The order by time of change within a folder, for lists of those who see few folders; those by time of creation and by name have theirs. */
export class AssetFolderOrders implements MigrationInterface {
  name = 'AssetFolderOrders0000000004002';

  async up(q: QueryRunner): Promise<void> {
    await q.query('create index asset_folder_updated_idx on asset (folder_id, updated_at desc, id desc) where deleted_at is null');
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query('drop index asset_folder_updated_idx');
  }
}
