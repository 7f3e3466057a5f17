import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import { createTestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/harness.ts';
import { type DamsonProcess, makeKey, picture, stackEnv, startDamson } from '../../support/stack.ts';

/** Two web processes and two workers, each of its own queues, on one database and one folder of objects. */

describe('several processes on one database', function () {
  this.timeout(300_000);
  let database: { url: string; drop(): Promise<void> };
  let dataDir: string;
  let db: pg.Pool;
  let webs: DamsonProcess[] = [];
  let workers: DamsonProcess[] = [];
  let key: string;

  before(async () => {
    database = await createTestDatabase();
    dataDir = await mkdtemp(join(tmpdir(), 'damson-processes-'));
    db = new pg.Pool({ connectionString: database.url, max: 2 });
    db.on('error', () => undefined);
    // Redis where there is one: then the workers' queue is there, and the signals go through the database all the same.
    const redis = process.env['REDIS_URL'];
    const env = stackEnv({ DATABASE_URL: database.url, ...(redis ? { REDIS_URL: redis } : {}) }, dataDir);
    webs = await Promise.all([0, 1].map(() => startDamson('src/main.ts', { ...env, PUBLIC_URL: 'http://damson.test', ROLES: 'web' })));
    workers = await Promise.all(['workers/media.ts', 'workers/search.ts'].map((path) => startDamson(path, env)));
    key = await makeKey(webs[0]?.url ?? '');
  });
  after(async () => {
    for (const each of [...webs, ...workers]) await each.stop('SIGKILL');
    await db?.end();
    await database?.drop();
    if (dataDir) await rm(dataDir, { recursive: true, force: true });
  });

  const [a, b] = [() => webs[0] as DamsonProcess, () => webs[1] as DamsonProcess];
  const api = (process: DamsonProcess, path: string, init: RequestInit = {}) =>
    fetch(process.url + path, { ...init, headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' } });
  const act = async (process: DamsonProcess, id: string, action: string): Promise<void> => {
    const response = await api(process, `/api/v1/assets/${id}/${action}`, { method: 'POST', body: '{}' });
    expect(response.status, await response.text()).to.be.below(300);
  };

  /** Uploaded in one process, read by a worker, seen in the other. */
  async function readyAsset(i: number): Promise<{ id: string; path: string }> {
    const file = await picture(`shared-${i}.png`, 5000 + i);
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(file.bytes)]), file.name);
    const sent = await fetch(`${a().url}/api/v1/assets`, { method: 'POST', body: form, headers: { Authorization: `Bearer ${key}` } });
    expect(sent.status).to.equal(201);
    const { id } = (await sent.json()) as { id: string };
    const asset = await eventually(
      async () => {
        const found = (await (await api(b(), `/api/v1/assets/${id}`)).json()) as { status: string; urls: { delivery: string } };
        return found.status === 'ready' && found;
      },
      { ms: 60_000, what: 'the asset becoming ready' },
    );
    return { id, path: `${new URL(asset.urls.delivery).pathname}?tr=w-32` };
  }

  const delivered = async (process: DamsonProcess, path: string) => (await fetch(process.url + path)).status;

  it('shares uploads, work and search', async () => {
    const { id } = await readyAsset(0);
    await eventually(
      async () => {
        const found = (await (await api(b(), '/api/v1/assets?q=shared')).json()) as { items: { id: string }[] };
        return found.items.some((item) => item.id === id);
      },
      { ms: 60_000, what: 'the asset being found' },
    );
  });

  for (const cut of [false, true]) {
    it(`stops delivery in B within 2 s of taking an asset back in A${cut ? ', also when the notification is lost with its connection' : ''}`, async () => {
      const { id, path } = await readyAsset(cut ? 2 : 1);
      for (let round = 0; round < 3; round += 1) {
        await act(a(), id, 'publish');
        await eventually(async () => (await delivered(b(), path)) === 200, { what: 'delivery in B' });
        expect(await delivered(b(), path), 'from what B remembers').to.equal(200);
        // All LISTEN connections, just before: what is sent now is heard by nobody.
        if (cut)
          await db.query(
            `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'damson-listen' and datname = current_database()`,
          );
        await act(a(), id, 'unpublish');
        const since = performance.now();
        await eventually(async () => (await delivered(b(), path)) === 404, { what: 'the end of delivery in B' });
        expect(performance.now() - since).to.be.lessThan(2500);
      }
    });
  }

  it('reports readiness by role', async () => {
    for (const web of webs)
      expect(Object.keys((await web.ready())?.body.parts ?? {})).to.include.members(['database', 'storage', 'search', 'queue', 'media']);
    const [media, search] = await Promise.all(workers.map(async (each) => Object.keys((await each.ready())?.body.parts ?? {})));
    expect(media).to.include.members(['database', 'storage', 'queue', 'media']).and.not.include('search');
    expect(search).to.include.members(['database', 'storage', 'queue', 'search']).and.not.include('media');
  });

  it('stops each of them gracefully', async () => {
    const codes = await Promise.all([...webs, ...workers].map((each) => each.stop()));
    expect(codes).to.deep.equal([0, 0, 0, 0]);
  });
});
