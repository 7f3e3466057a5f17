import type { MigrationInterface, QueryRunner } from '../src/platform/database/migration.ts';

/** The first of these tags that says something; lists as they are. */
const first = (...tags: string[]) => `coalesce(${tags.map((tag) => `nullif(embedded -> '${tag}', '""')`).join(', ')})`;
const text = (...tags: string[]) => `to_jsonb(left(${first(...tags)} #>> '{}', 1000))`;
const creators = first('XMP-dc:Creator', 'IPTC:By-line', 'IFD0:Artist');
const address = (...tags: string[]) => {
  const found = `(${first(...tags)} #>> '{}')`;
  return `case when length(${found}) <= 500 then to_jsonb(substring(${found} from '^https?://\\S+$')) end`;
};

/** What files say of their rights, and how much of it derivatives say again. */
export class MetadataPolicy implements MigrationInterface {
  name = 'MetadataPolicy0000000003040';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      alter table file_version add column rights jsonb;
      alter table named_transformation add column metadata text check (metadata in ('strip', 'rights', 'all'));

      create table delivery_setting (
        workspace_id uuid not null references workspace (id) on delete cascade,
        metadata text not null check (metadata in ('strip', 'rights', 'all')),
        updated_at timestamptz not null,
        constraint delivery_setting_pkey primary key (workspace_id)
      );
    `);
    // Files that were read before: as metadata.rights.ts reads new ones.
    await q.query(`
      update file_version set rights = jsonb_strip_nulls(jsonb_build_object(
        'creators', case jsonb_typeof(${creators}) when 'array' then ${creators} when 'string' then jsonb_build_array(${creators}) end,
        'copyright', ${text('XMP-dc:Rights', 'IPTC:CopyrightNotice', 'IFD0:Copyright', 'PNG:Copyright')},
        'credit', ${text('XMP-photoshop:Credit', 'IPTC:Credit')},
        'terms', ${text('XMP-xmpRights:UsageTerms')},
        'licence', ${address('XMP-xmpRights:WebStatement', 'XMP-cc:License', 'XMP-plus:LicensorURL')},
        'digitalSource', ${address('XMP-iptcExt:DigitalSourceType')}))
      where embedded ?| array['XMP-dc:Creator', 'IPTC:By-line', 'IFD0:Artist', 'XMP-dc:Rights', 'IPTC:CopyrightNotice', 'IFD0:Copyright', 'PNG:Copyright',
        'XMP-photoshop:Credit', 'IPTC:Credit', 'XMP-xmpRights:UsageTerms', 'XMP-xmpRights:WebStatement', 'XMP-cc:License', 'XMP-plus:LicensorURL',
        'XMP-iptcExt:DigitalSourceType']
    `);
    await q.query(`update file_version set rights = null where rights = '{}'`);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query(`
      drop table delivery_setting;
      alter table named_transformation drop column metadata;
      alter table file_version drop column rights;
    `);
  }
}
