import type { MigrationInterface, QueryRunner } from '../src/platform/database/migration.ts';

/** What a person marked in a picture: focal point `{x, y}` and crop `{x, y, width, height}`, fractions of the upright picture. */
export class AssetFraming implements MigrationInterface {
  name = 'AssetFraming0000000003011';

  async up(q: QueryRunner): Promise<void> {
    await q.query('alter table asset add column focal_point jsonb, add column crop_box jsonb');
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query('alter table asset drop column crop_box, drop column focal_point');
  }
}
