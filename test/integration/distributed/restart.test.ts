import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { Redis } from 'ioredis';
import pg from 'pg';
import { engineUrl, skipEngine } from '../../support/engines.ts';
import { eventually } from '../../support/harness.ts';
import {
  type DamsonProcess,
  type Engine,
  type Engines,
  makeKey,
  picture,
  stackEnv,
  startDamson,
  startEngines,
  type TestFile,
} from '../../support/stack.ts';

/**
 * Under a light load of uploads each server is killed and started again, twice, and Redis is emptied once: what was acknowledged is there, whole
 * and ready, and nothing is there twice.
 */

const UPLOADERS = 2;
const CALM = 6;

describe('servers killed and restarted under load', function () {
  this.timeout(600_000);
  let engines: Engines | null = null;
  let dataDir: string;
  let web: DamsonProcess;
  let worker: DamsonProcess;
  let db: pg.Pool;
  let key: string;
  const ledger = new Map<string, { id: string; sha256: string }>();
  const answers = new Map<number, number>();

  // The S3 server is built on first use, which takes minutes: it takes part where it is asked for.
  const taking: Engine[] = engineUrl('S3_ENDPOINT') === undefined ? ['postgres', 'redis'] : ['postgres', 'redis', 's3'];

  before(async function () {
    engines = await startEngines(taking);
    if (!engines) return skipEngine(this, taking.join(', '), 'apt-get install postgresql redis-server');
    dataDir = await mkdtemp(join(tmpdir(), 'damson-restart-'));
    const env = stackEnv(engines.variables, dataDir);
    web = await startDamson('src/main.ts', { ...env, ROLES: 'web' });
    worker = await startDamson('workers/main.ts', env);
    db = new pg.Pool({ connectionString: engines.variables['DATABASE_URL'], max: 2 });
    db.on('error', () => undefined);
    key = await makeKey(web.url);
  });
  after(async () => {
    await web?.stop('SIGKILL');
    await worker?.stop('SIGKILL');
    await db?.end();
    await engines?.stop();
    if (dataDir) await rm(dataDir, { recursive: true, force: true });
  });

  /** Sends until it is acknowledged; a refusal for the time being is asked again, anything else is a failure. */
  async function upload(file: TestFile): Promise<void> {
    const id = await eventually(
      async () => {
        const form = new FormData();
        form.append('file', new Blob([new Uint8Array(file.bytes)]), file.name);
        const headers = { Authorization: `Bearer ${key}`, 'Idempotency-Key': file.name };
        const response = await fetch(`${web.url}/api/v1/assets`, { method: 'POST', body: form, headers }).catch(() => null);
        if (response === null) return null;
        answers.set(response.status, (answers.get(response.status) ?? 0) + 1);
        const text = await response.text();
        if (response.status === 503 || response.status === 423) return null;
        expect(response.status, text).to.equal(201);
        return (JSON.parse(text) as { id: string }).id;
      },
      { ms: 120_000, what: `${file.name} being acknowledged` },
    );
    ledger.set(file.name, { id, sha256: file.sha256 });
  }

  const grown = (by: number) => {
    const from = ledger.size;
    return eventually(async () => ledger.size >= from + by, { ms: 120_000, what: `${by} more uploads` });
  };
  const readiness = async (process: DamsonProcess) => (await process.ready())?.body;
  const back = () =>
    eventually(
      async () => {
        const reports = await Promise.all([readiness(web), readiness(worker)]);
        return reports.every((report) => ['database', 'storage', 'queue'].every((name) => report?.parts[name]?.status === 'ok'));
      },
      { ms: 60_000, what: 'all parts being back' },
    );

  it('loses and doubles nothing, recovers without a restart, and says meanwhile what is away', async () => {
    const all = engines as Engines;
    let stopped = false;
    let next = 0;
    const uploaders = Array.from({ length: UPLOADERS }, async () => {
      while (!stopped) {
        const i = next++;
        await upload(await picture(`restart-${i}.png`, i));
      }
    });
    const chaos = async () => {
      for (let round = 0; round < 2; round += 1) {
        await grown(CALM);
        all.kill('redis');
        const without = await eventually(
          async () => {
            const report = await web.ready();
            return report?.body.parts['queue']?.status === 'degraded' && report;
          },
          { what: 'the queue being reported' },
        );
        expect(without.status, 'degraded, not down').to.equal(200);
        await grown(CALM);
        all.revive('redis');
        await back();

        await grown(CALM);
        const redis = new Redis(all.variables['REDIS_URL'] ?? '');
        await redis.flushall();
        redis.disconnect();

        for (const [engine, part] of [['postgres', 'database'], ...(taking.includes('s3') ? [['s3', 'storage'] as const] : [])] as const) {
          await grown(CALM);
          all.kill(engine as Engine);
          await eventually(async () => (await web.ready())?.body.parts[part]?.status === 'down', { what: `${part} being reported` });
          const report = await web.ready();
          expect([report?.status, report?.body.status]).to.deep.equal([503, 'down']);
          all.revive(engine as Engine);
          await back();
        }
      }
      await grown(CALM);
    };
    try {
      await Promise.race([chaos(), Promise.all(uploaders)]);
    } finally {
      stopped = true;
    }
    await Promise.all(uploaders);
    await drained();
    await compare();
    expect(
      [...answers.keys()].filter((status) => ![201, 423, 503].includes(status)),
      'nothing but these answers',
    ).to.deep.equal([]);
    expect(web.output() + worker.output()).not.to.match(/unhandled|UnhandledPromise/i);
  });

  it('stops gracefully, both roles', async () => {
    expect(await worker.stop(), worker.output()).to.equal(0);
    expect(await web.stop(), web.output()).to.equal(0);
  });

  async function drained(): Promise<void> {
    let left: unknown;
    await eventually(
      async () => {
        const { rows } = await db.query(`select topic, state, attempts, failures, lease, error from outbox where state <> 'done' limit 5`);
        left = rows;
        return rows.length === 0;
      },
      { ms: 90_000, what: 'the outbox becoming empty' },
    ).catch((error: Error) => {
      throw new Error(`${error.message}: ${JSON.stringify(left)}\n${worker.output().slice(-3000)}`);
    });
  }

  async function compare(): Promise<void> {
    const { rows } = await db.query<{ id: string; name: string; sha256: string; status: string; version: string; indexed: string | null }>(
      `select a.id, a.name, b.sha256, a.status, a.search_version::text as version, d.version::text as indexed
       from asset a join file_version v on v.id = a.current_version_id join blob b on b.id = v.blob_id
       left join search_document d on d.id = a.id`,
    );
    expect(rows.map((row) => row.name).sort(), 'neither lost nor doubled').to.deep.equal([...ledger.keys()].sort());
    for (const row of rows) {
      expect({ id: row.id, sha256: row.sha256 }, row.name).to.deep.equal(ledger.get(row.name));
      expect(row.status, row.name).to.equal('ready');
      expect(row.indexed, `${row.name} in the index`).to.equal(row.version);
      const original = await fetch(`${web.url}/api/v1/assets/${row.id}/original`, { headers: { Authorization: `Bearer ${key}` } });
      const bytes = Buffer.from(await original.arrayBuffer());
      expect(createHash('sha256').update(bytes).digest('hex'), `${row.name} reads back`).to.equal(row.sha256);
    }
  }
});
