import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import pg from 'pg';
import { migrations } from '../../migrations/index.ts';
import { systemContext } from '../../src/context.ts';
import { isError } from '../../src/errors.ts';
import { BaseRepository } from '../../src/platform/database/base-repository.ts';
import type { Sql } from '../../src/platform/database/database.ts';
import { createDatabase, type CreateDatabaseOptions, type TypeormDatabase } from '../../src/platform/database/external.ts';
import { inspectDatabase } from '../../src/platform/database/inspection.ts';
import { checkServerVersion, DatabaseRequirementError } from '../../src/platform/database/requirements.ts';
import { silentLog } from '../../src/platform/log.ts';
import { createEmptyDatabase, openTestDatabase } from '../support/database.ts';
import { failure } from '../support/failure.ts';
import { startProxy } from '../support/tcp-proxy.ts';
import { until } from '../support/until.ts';

/** Limits, privileges, poolers and many processes: what a PostgreSQL run by somebody else brings. */

const ctx = systemContext('ws-1');

async function asAdmin(url: string, ...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

describe('a PostgreSQL that others run', () => {
  describe('time limits', () => {
    let database: TypeormDatabase;
    let drop: () => Promise<void>;
    const open = async (options: Partial<CreateDatabaseOptions>) => {
      const opened = await openTestDatabase(options);
      ({ database } = opened);
      drop = () => opened.drop();
      await database.sql.query({}, 'create table t (n int)');
    };
    afterEach(() => drop());

    it('answers 503 to a statement that takes too long, and to one that waits too long for a lock', async () => {
      await open({ statementTimeout: 300, lockTimeout: 100 });
      const slow = await failure(database.sql.query({}, 'select pg_sleep(5)'));
      expect(isError(slow, 'unavailable')).to.equal(true);
      await database.transactions.run(ctx, async (trx) => {
        await database.sql.query(trx, 'lock table t in access exclusive mode');
        const waiting = await failure(database.sql.query({}, 'insert into t values (1)'));
        expect(isError(waiting, 'unavailable')).to.equal(true);
      });
      await database.sql.query({}, 'insert into t values (2)');
    });

    it('ends a transaction that our own code forgot, and goes on', async () => {
      await open({ idleInTransactionTimeout: 100 });
      const forgotten = await failure(
        database.transactions.run(ctx, async (trx) => {
          await database.sql.query(trx, 'insert into t values (1)');
          await until('ended by the server', async () => {
            const rows = await database.sql.query({}, `select 1 from pg_stat_activity where state like 'idle in transaction%'`);
            return rows.length === 0;
          });
          await database.sql.query(trx, 'select 1');
        }),
      );
      expect(forgotten).to.be.instanceOf(Error);
      expect(await database.sql.query({}, 'select n from t')).to.deep.equal([]);
    });

    it('means none by 0, whatever the role says', async () => {
      await open({});
      const [row] = await database.sql.query<{ name: string }>({}, 'select current_database() as name');
      await asAdmin(database.url, `alter database ${row?.name} set statement_timeout = '50ms'`);
      const free = await createDatabase({ url: database.url, entities: [], migrations, statementTimeout: 0, log: silentLog });
      await free.sql.query({}, 'select pg_sleep(0.2)');
      await free.close();
    });
  });

  describe('migrating', () => {
    it('by six processes at once applies everything once', async () => {
      const empty = await createEmptyDatabase();
      const script = new URL('../support/migrate-child.ts', import.meta.url);
      const children: ChildProcess[] = Array.from({ length: 6 }, () =>
        fork(script, [empty.url], { execArgv: ['--import', 'tsx'], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }),
      );
      try {
        await Promise.all(children.map((child) => once(child, 'message')));
        const answers = await Promise.all(
          children.map(async (child) => {
            const answer = once(child, 'message');
            child.send('go');
            return (await answer)[0] as { applied?: string[]; failed?: string };
          }),
        );
        expect(answers.flatMap(({ failed }) => failed ?? [])).to.deep.equal([]);
        expect(answers.filter(({ applied }) => applied?.length === migrations.length)).to.have.length(1);
        expect(answers.filter(({ applied }) => applied?.length === 0)).to.have.length(5);
      } finally {
        for (const child of children) child.kill('SIGKILL');
        await empty.drop();
      }
    }).timeout(240_000);

    it('is not held to the time limits that the database sets for everybody', async () => {
      const empty = await createEmptyDatabase();
      const name = new URL(empty.url).pathname.slice(1);
      await asAdmin(empty.url, `alter database ${name} set statement_timeout = '1ms'`, `alter database ${name} set lock_timeout = '1ms'`);
      const database = await createDatabase({ url: empty.url, entities: [], migrations, log: silentLog });
      expect(await database.migrate()).to.have.length(migrations.length);
      await database.close();
      await empty.drop();
    });

    it('says which extensions an administrator must create, with the statement', async () => {
      const empty = await createEmptyDatabase();
      const name = new URL(empty.url).pathname.slice(1);
      const role = `limited_${process.pid}`;
      await asAdmin(
        empty.url,
        `create role ${role} login password 'limited'`,
        // whoever is no superuser must be a member to clear away what it owns
        `grant ${role} to current_user`,
        `revoke create on database ${name} from public`,
        `grant connect on database ${name} to ${role}`,
      );
      const url = new URL(empty.url);
      url.username = role;
      url.password = 'limited';
      const database = await createDatabase({ url: url.href, entities: [], migrations, log: silentLog });
      const error = await failure(database.migrate());
      expect(error).to.be.instanceOf(DatabaseRequirementError);
      expect(error.message).to.contain('CREATE EXTENSION pg_trgm; CREATE EXTENSION unaccent; CREATE EXTENSION fuzzystrmatch;');
      await database.close();
      await asAdmin(empty.url, `drop owned by ${role}`, `drop role ${role}`);
      await empty.drop();
    });
  });

  describe('requirements', () => {
    const version = (num: string, name: string): Sql => ({ query: async <R>() => [{ num, name }] as R[] });

    it('refuse a server that is too old, by name', async () => {
      await checkServerVersion(version('140000', '14.0'));
      await checkServerVersion(version('180004', '18.4'));
      const error = await failure(checkServerVersion(version('130014', '13.14 (Debian)')));
      expect(error.message).to.contain('PostgreSQL 13.14 (Debian) is too old');
    });

    it('are looked at by the doctor', async () => {
      const { database, drop } = await openTestDatabase();
      const { features, problems } = await inspectDatabase(database);
      expect(features).to.include.members(['pg_trgm', 'unaccent', 'fuzzystrmatch']);
      expect(problems.join(), 'the test server forgoes fsync').to.contain('fsync');
      expect(problems.join()).not.to.contain('notifications');
      await drop();
    });
  });

  describe('behind a pooler that mixes connections', () => {
    it('goes on without named statements when they are lost', async () => {
      const { database, drop } = await openTestDatabase({ poolSize: 1 });
      class Numbers extends BaseRepository {
        plusOne = async (n: number) => (await this.prepared<{ n: number }>({}, 'select $1::int + 1 as n', [n])).rows[0]?.n;
      }
      const numbers = new Numbers(database.dataSource);
      expect(await numbers.plusOne(1)).to.equal(2);
      await database.sql.query({}, 'deallocate all');
      expect(await numbers.plusOne(2)).to.equal(3);
      await database.sql.query({}, 'deallocate all');
      expect(await numbers.plusOne(3)).to.equal(4);
      await drop();
    });
  });

  describe('a network that swallows everything', () => {
    it('is noticed by the notifications, which connect anew and tell of the gap', async () => {
      const { database, drop } = await openTestDatabase();
      const proxy = await startProxy(database.url);
      const far = await createDatabase({ url: proxy.through(database.url), entities: [], migrations, log: silentLog });
      let gaps = 0;
      const got: string[] = [];
      far.notifications.onGap(() => void (gaps += 1));
      await far.notifications.listen('far', (payload) => void got.push(payload));
      await proxy.cut();
      await database.notifications.notify({}, 'far', 'lost');
      await proxy.restore();
      await until('the gap is told', () => gaps === 1);
      await database.notifications.notify({}, 'far', 'heard');
      await until('the next one is heard', () => got.length === 1);
      expect(got).to.deep.equal(['heard']);
      await far.close();
      await proxy.close();
      await drop();
    });
  });
});
