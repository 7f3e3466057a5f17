import { expect } from 'chai';
import pg from 'pg';
import { migrations } from '../../migrations/index.ts';
import { type Ctx, systemContext, type Transaction } from '../../src/context.ts';
import { isError } from '../../src/errors.ts';
import { createDatabase, type TypeormDatabase } from '../../src/platform/database/external.ts';
import type { MigrationInterface, QueryRunner } from '../../src/platform/database/migration.ts';
import { isUniqueViolation } from '../../src/platform/database/pg-errors.ts';
import { silentLog } from '../../src/platform/log.ts';
import { createEmptyDatabase, openTestDatabase } from '../support/database.ts';
import { failure } from '../support/failure.ts';
import { until } from '../support/until.ts';

const ctx = systemContext('ws-1');

describe('database', () => {
  let database: TypeormDatabase;
  let drop: () => Promise<void>;
  const numbers = async (given: { trx?: Transaction } = {}): Promise<number[]> =>
    (await database.sql.query<{ n: number }>(given, 'select n from t order by n')).map((row) => row.n);
  const add = (given: { trx?: Transaction }, n: number) => database.sql.query(given, 'insert into t (n) values ($1)', [n]);

  before(async () => {
    const opened = await openTestDatabase();
    ({ database } = opened);
    drop = () => opened.drop();
    await database.sql.query({}, 'create table t (n int constraint t_n_key unique)');
  });
  beforeEach(() => database.sql.query({}, 'truncate t'));
  after(() => drop());

  describe('transactions', () => {
    it('commit together, and are seen by nobody else before', async () => {
      await database.transactions.run(ctx, async (trx) => {
        await add(trx, 1);
        expect(await numbers(trx)).to.deep.equal([1]);
        expect(await numbers()).to.deep.equal([]);
        await add(trx, 2);
      });
      expect(await numbers()).to.deep.equal([1, 2]);
    });

    it('roll back when the work throws, with the same error', async () => {
      const error = await failure(
        database.transactions.run(ctx, async (trx) => {
          await add(trx, 1);
          throw new RangeError('mine');
        }),
      );
      expect(error).to.be.instanceOf(RangeError);
      expect(await numbers()).to.deep.equal([]);
    });

    it('join the one in the context', async () => {
      const inner = (given: Ctx, n: number) => database.transactions.run(given, (trx) => add(trx, n));
      await failure(
        database.transactions.run(ctx, async (trx) => {
          await inner(trx, 1);
          await inner(trx, 2);
          expect(await numbers(trx)).to.deep.equal([1, 2]);
          throw new Error('all of it');
        }),
      );
      expect(await numbers()).to.deep.equal([]);
    });

    it('are one with the entity manager of TypeORM', async () => {
      await failure(
        database.dataSource.transaction(async (manager) => {
          await manager.query('insert into t (n) values (5)');
          throw new Error('no');
        }),
      );
      expect(await numbers()).to.deep.equal([]);
    });

    it('say so when a swallowed failure made the commit a rollback', async () => {
      await add({}, 1);
      const error = await failure(
        database.transactions.run(ctx, async (trx) => {
          await add(trx, 2);
          await add(trx, 1).catch(() => undefined);
        }),
      );
      expect(error.message).to.contain('swallowed');
      expect(await numbers()).to.deep.equal([1]);
    });

    it('refuse use after their end', async () => {
      let kept: Ctx | undefined;
      await database.transactions.run(ctx, async (trx) => {
        kept = trx;
      });
      expect((await failure(numbers(kept))).message).to.contain('has ended');
    });

    it('give their connections back', async () => {
      for (let n = 0; n < 30; n += 1) {
        await database.transactions
          .run(ctx, async (trx) => {
            await add(trx, n);
            if (n % 2) throw new Error('odd');
          })
          .catch(() => undefined);
      }
      expect(await numbers()).to.have.length(15);
    });

    it('lost with their connection are 503 and change nothing; the next one works', async () => {
      const error = await failure(
        database.transactions.run(ctx, async (trx) => {
          await add(trx, 1);
          const [me] = await database.sql.query<{ pid: number }>(trx, 'select pg_backend_pid() as pid');
          await database.sql.query({}, 'select pg_terminate_backend($1)', [me?.pid]);
          await add(trx, 2);
        }),
      );
      expect(isError(error, 'unavailable')).to.equal(true);
      await add({}, 3);
      expect(await numbers()).to.deep.equal([3]);
    });
  });

  describe('errors', () => {
    it('names the unique index that was hit', async () => {
      await add({}, 1);
      const error = await failure(add({}, 1));
      expect(isUniqueViolation(error)).to.equal(true);
      expect(isUniqueViolation(error, 't_n_key')).to.equal(true);
      expect(isUniqueViolation(error, 'other')).to.equal(false);
    });

    it('is 503 when nothing answers', async () => {
      const error = await failure(createDatabase({ url: 'postgres://x:y@127.0.0.1:1/z', entities: [], migrations: [], log: silentLog }));
      expect(isError(error, 'unavailable')).to.equal(true);
    });

    it('describes itself', async () => {
      const about = await database.describe();
      expect(about.engine).to.equal('embedded');
      expect(about.version).to.match(/^\d+\.\d+/);
      expect(about.latencyMs).to.be.greaterThan(0);
    });
  });

  describe('notifications', () => {
    it('arrive on commit only, on their channel only', async () => {
      const got: string[] = [];
      const stop = await database.notifications.listen('test a', (payload) => void got.push(payload));
      await failure(
        database.transactions.run(ctx, async (trx) => {
          await database.notifications.notify(trx, 'test a', 'rolled back');
          throw new Error('no');
        }),
      );
      await database.transactions.run(ctx, async (trx) => {
        await database.notifications.notify(trx, 'test a', 'one');
        await database.notifications.notify({}, 'test b', 'elsewhere');
        await database.notifications.notify({}, 'test a', 'zero');
      });
      await until('both', () => got.length === 2);
      expect(got).to.deep.equal(['zero', 'one']);
      await stop();
      const last = new Promise<void>((resolve) => void database.notifications.listen('test c', () => resolve()));
      await database.notifications.notify({}, 'test a', 'after the end');
      await until('listening', async () => {
        await database.notifications.notify({}, 'test c', '');
        return Promise.race([last.then(() => true), new Promise((resolve) => setTimeout(() => resolve(false), 10))]);
      });
      expect(got).to.have.length(2);
    });

    it('tell of a gap, and go on after it', async () => {
      const got: string[] = [];
      let gaps = 0;
      database.notifications.onGap(() => void (gaps += 1));
      await database.notifications.listen('gap', (payload) => void got.push(payload));
      await database.sql.query(
        {},
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'damson-listen' and datname = current_database()`,
      );
      await until('the gap', () => gaps === 1);
      await database.notifications.notify({}, 'gap', 'again');
      await until('the message', () => got.length === 1);
      expect(got).to.deep.equal(['again']);
    });

    it('outlive a handler that throws', async () => {
      const got: string[] = [];
      await database.notifications.listen('throws', () => {
        throw new Error('bad handler');
      });
      await database.notifications.listen('throws', (payload) => void got.push(payload));
      await database.notifications.notify({}, 'throws', 'x');
      await until('the second handler', () => got.length === 1);
    });

    it('refuse what PostgreSQL cannot carry', async () => {
      expect((await failure(database.notifications.notify({}, 'big', 'x'.repeat(8000)))).message).to.contain('7999');
    });
  });

  describe('migrating', () => {
    it('by two at once applies everything once', async () => {
      const empty = await createEmptyDatabase();
      const open = () => createDatabase({ url: empty.url, entities: [], migrations, poolSize: 2, log: silentLog });
      const [one, two] = await Promise.all([open(), open()]);
      const applied = (await Promise.all([one.migrate(), two.migrate()])).sort((a, b) => a.length - b.length);
      expect(applied[0]).to.deep.equal([]);
      expect(applied[1]).to.have.length(migrations.length);
      expect(await one.migrate()).to.deep.equal([]);
      await Promise.all([one.close(), two.close()]);
      await empty.drop();
    });

    it('keeps the migrations before a broken one, goes on when it is mended, and waits out a lock', async () => {
      let broken = true;
      class First implements MigrationInterface {
        name = 'First0000000000001';
        up = (q: QueryRunner) => q.query('create table first_one (n int)').then(() => undefined);
        down = async () => undefined;
      }
      class Second implements MigrationInterface {
        name = 'Second0000000000002';
        up = async (q: QueryRunner) => {
          await q.query('alter table first_one add column m int');
          if (broken) throw new Error('broken');
        };
        down = async () => undefined;
      }
      const empty = await createEmptyDatabase();
      const own = await createDatabase({ url: empty.url, entities: [], migrations: [Second, First], log: silentLog });
      expect((await failure(own.migrate())).message).to.contain('broken');
      broken = false;
      const blocker = new pg.Client({ connectionString: empty.url });
      blocker.on('error', () => undefined);
      await blocker.connect();
      await blocker.query('begin; lock table first_one in access exclusive mode');
      const migrating = own.migrate();
      await until('a statement that waits', async () => {
        const waiting = await own.sql.query(
          {},
          `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like 'alter table%'`,
        );
        return waiting.length > 0;
      });
      await blocker.query('rollback');
      expect(await migrating).to.deep.equal(['Second0000000000002']);
      await blocker.end();
      await own.close();
      await empty.drop();
    });
  });
});
