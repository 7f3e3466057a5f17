import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadConfig } from '../../../config/config.ts';
import type { Env } from '../../../config/env.ts';
import { createAdapters } from '../../../src/container/adapters.ts';
import { inspect } from '../../../src/container/inspect.ts';
import { isError } from '../../../src/errors.ts';
import type { Database } from '../../../src/platform/database/database.ts';
import { silentLog } from '../../../src/platform/log.ts';
import { createEmptyDatabase } from '../../support/database.ts';

const LIMITS = {
  DATABASE_POOL_SIZE: '2',
  DATABASE_STATEMENT_TIMEOUT_MS: '1000',
  DATABASE_LOCK_TIMEOUT_MS: '700',
  DATABASE_IDLE_TRANSACTION_TIMEOUT_MS: '0',
};

describe('limits of the database, by variables', () => {
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'damson-limits-'));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  async function settings({ sql }: Database): Promise<unknown[]> {
    const names = ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout'];
    const rows = await sql.query<{ value: string }>({}, 'select current_setting(name) as value from unnest($1::text[]) as t (name)', [
      names,
    ]);
    return rows.map(({ value }) => value);
  }

  async function holds(env: Env): Promise<void> {
    const config = loadConfig({ ...LIMITS, ...env, DATA_DIR: dataDir, LOG_LEVEL: 'silent' });
    const adapters = await createAdapters(config, silentLog, [], {});
    try {
      const { database } = adapters;
      expect(await settings(database)).to.deep.equal(['1s', '700ms', '0']);
      const slow = await database.sql.query({}, 'select pg_sleep(20)').catch((error: unknown) => error);
      expect(isError(slow, 'unavailable'), String(slow)).to.equal(true);
      // As many connections as were allowed: a third statement waits for one of two.
      const pids = await Promise.all(
        Array.from({ length: 6 }, () => database.sql.query<{ pid: number }>({}, 'select pg_backend_pid() as pid, pg_sleep(0.05)')),
      );
      expect(new Set(pids.map(([row]) => row?.pid)).size).to.equal(2);
    } finally {
      await adapters.runner.close(0);
      await adapters.close();
    }
    const inspected = await inspect(config, silentLog);
    try {
      expect(await settings(inspected.database)).to.deep.equal(['1s', '700ms', '0']);
    } finally {
      await inspected.close();
    }
  }

  it('hold on a PostgreSQL of others', async () => {
    const empty = await createEmptyDatabase();
    try {
      await holds({ DATABASE_URL: empty.url, APP_SECRET: 'test-secret-of-more-than-thirty-two-characters' });
    } finally {
      await empty.drop();
    }
  }).timeout(60_000);

  it('hold on the embedded one', () => holds({})).timeout(120_000);
});
