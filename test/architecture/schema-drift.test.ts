import { expect } from 'chai';
import { openTestDatabase } from '../support/database.ts';

describe('schema drift', () => {
  it('the entities describe exactly the tables that the migrations make', async () => {
    const { database, drop } = await openTestDatabase();
    try {
      const plan = await database.dataSource.driver.createSchemaBuilder().log();
      expect(plan.upQueries.map((query) => query.query)).to.deep.equal([]);
    } finally {
      await drop();
    }
  });
});
