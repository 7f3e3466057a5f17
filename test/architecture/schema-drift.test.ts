import { expect } from 'chai';
import { entities } from '../../src/entities.ts';
import { openTestDatabase } from '../support/database.ts';

/** Tables without an entity, and why: another library's, or written and read by plain SQL in one adapter. */
const PLAIN = [
  ...['auth.session', 'auth.account', 'auth.verification', 'auth.sign_in_attempt'],
  ...['public.outbox', 'public.inbox'],
  ...['public.search_state', 'public.search_document', 'public.search_text', 'public.lexicon'],
  'public.schema_migration',
];

describe('schema drift', () => {
  let test: Awaited<ReturnType<typeof openTestDatabase>>;
  before(async () => {
    test = await openTestDatabase();
  });
  after(() => test.drop());

  it('the entities describe exactly the tables that the migrations make', async () => {
    const plan = await test.database.dataSource.driver.createSchemaBuilder().log();
    expect(plan.upQueries.map((query) => query.query)).to.deep.equal([]);
  });

  it('every table has an entity or is named above', async () => {
    const rows: { name: string }[] = await test.database.dataSource.query(
      `select table_schema || '.' || table_name as name from information_schema.tables
       where table_type = 'BASE TABLE' and table_schema in ('public', 'auth')`,
    );
    const described = test.database.dataSource.entityMetadatas.map((entity) => `${entity.schema ?? 'public'}.${entity.tableName}`);
    expect(described).to.have.length(entities.length);
    expect(rows.map((row) => row.name)).to.have.members([...described, ...PLAIN]);
  });

  it('would notice: a column, an index, a check and a foreign key that are not as described', async () => {
    const { dataSource } = test.database;
    await dataSource.query(`alter table asset alter column title set not null; drop index file_version_blob_idx;
      alter table upload drop constraint upload_state_check; alter table term drop constraint term_parent_id_fkey;`);
    const queries = (await dataSource.driver.createSchemaBuilder().log()).upQueries.map((query) => query.query);
    for (const what of ['"title"', 'file_version_blob_idx', 'upload_state_check', 'term_parent_id_fkey']) {
      expect(queries.join('\n')).to.contain(what);
    }
  });
});
