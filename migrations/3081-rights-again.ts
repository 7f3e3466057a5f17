import type { MigrationInterface, QueryRunner } from '../src/platform/database/migration.ts';

/** What the first of these tags says that says something: a list of texts, cleaned. */
const first = (...tags: string[]) => `coalesce(${tags.map((tag) => `damson_said(embedded -> '${tag}')`).join(', ')})`;
const text = (...tags: string[]) => `to_jsonb(left(array_to_string(${first(...tags)}, ', '), 1000))`;
const address = (...tags: string[]) => {
  const found = `array_to_string(${first(...tags)}, ', ')`;
  return `case when length(${found}) <= 500 then to_jsonb(substring(${found} from '^https?://\\S+$')) end`;
};
const creators = first('XMP-dc:Creator', 'IPTC:By-line', 'IFD0:Artist', 'IFD0:XPAuthor', 'PNG:Author');

/**
 * What files say of their rights, for those that were read before 3040: it left out two tags of authors, cut none of them, and took lists of texts as they
 * were written. Now as metadata.rights.ts reads new ones; those are not touched.
 */
export class RightsAgain implements MigrationInterface {
  name = 'RightsAgain0000000003081';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      create function damson_said(said jsonb) returns text[] language sql immutable as $$
        select array_agg(clean order by at) from (
          select at, regexp_replace(case jsonb_typeof(item)
            when 'object' then (select value #>> '{}' from jsonb_each(item) where jsonb_typeof(value) = 'string' limit 1)
            when 'array' then null
            else item #>> '{}' end, '^\\s+|\\s+$', '', 'g') as clean
          from jsonb_array_elements(case jsonb_typeof(said) when 'array' then said else jsonb_build_array(said) end) with ordinality as items (item, at)
          where jsonb_typeof(item) <> 'null'
        ) cleaned where clean <> ''
      $$;
      update file_version set rights = said.rights
      from (
        select id, nullif(jsonb_strip_nulls(jsonb_build_object(
          'creators', (select jsonb_agg(left(name, 200) order by at) from unnest((${creators})[1:10]) with ordinality as names (name, at)),
          'copyright', ${text('XMP-dc:Rights', 'IPTC:CopyrightNotice', 'IFD0:Copyright', 'PNG:Copyright')},
          'credit', ${text('XMP-photoshop:Credit', 'IPTC:Credit')},
          'terms', ${text('XMP-xmpRights:UsageTerms')},
          'licence', ${address('XMP-xmpRights:WebStatement', 'XMP-cc:License', 'XMP-plus:LicensorURL')},
          'digitalSource', ${address('XMP-iptcExt:DigitalSourceType')})), '{}') as rights
        from file_version
        where embedded ?| array['XMP-dc:Creator', 'IPTC:By-line', 'IFD0:Artist', 'IFD0:XPAuthor', 'PNG:Author', 'XMP-dc:Rights', 'IPTC:CopyrightNotice',
          'IFD0:Copyright', 'PNG:Copyright', 'XMP-photoshop:Credit', 'IPTC:Credit', 'XMP-xmpRights:UsageTerms', 'XMP-xmpRights:WebStatement', 'XMP-cc:License',
          'XMP-plus:LicensorURL', 'XMP-iptcExt:DigitalSourceType']
      ) said
      where file_version.id = said.id and file_version.rights is distinct from said.rights;
      drop function damson_said;
    `);
  }

  /** What was read wrongly is not brought back. */
  async down(): Promise<void> {}
}
