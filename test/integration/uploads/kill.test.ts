import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import sharp from 'sharp';
import { freePort } from '../../../src/platform/free-port.ts';
import { createTestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/harness.ts';
import { makeKey, type ServerProcess, startProcess } from '../../support/process.ts';
import { stackEnv } from '../../support/stack.ts';

/**
 * The promise R1: nothing acknowledged is lost or doubled. The client writes down what it was told and compares it with
 * the store at the end (security-reliability 2.1).
 */

const UPLOADS = 100;
const PARALLEL = 8;
const KILL_AFTER = [12, 31, 55, 80];
const FAILPOINTS = ['P1', 'P2', 'P3', 'P4', 'P5', 'P6'];

describe('kill -9 of the server during uploads', function () {
  this.timeout(240_000);
  let database: { url: string; drop(): Promise<void> };
  let dataDir: string;
  let env: Record<string, string>;
  let url: string;
  let key: string;
  let server: ServerProcess;
  let db: pg.Pool;

  before(async () => {
    database = await createTestDatabase();
    dataDir = await mkdtemp(join(tmpdir(), 'damson-kill-'));
    const port = String(await freePort('127.0.0.1'));
    url = `http://127.0.0.1:${port}`;
    env = {
      ...stackEnv({ DATABASE_URL: database.url }, dataDir),
      PORT: port,
    };
    db = new pg.Pool({ connectionString: database.url, max: 2 });
    // The database's own server may end connections when it is dropped.
    db.on('error', () => undefined);
    server = await startProcess(env);
    key = await makeKey(url);
  });
  after(async () => {
    await server?.kill('SIGTERM');
    await db.end();
    await database.drop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('loses and doubles nothing of 100 uploads over four kills', async () => {
    const files = await Promise.all(Array.from({ length: UPLOADS }, (_, i) => picture(i)));
    const ledger = new Map<string, { id: string; sha256: string }>();
    const kills = [...KILL_AFTER];
    let restarting: Promise<void> | null = null;
    const maybeKill = () => {
      if (restarting !== null || ledger.size < (kills[0] ?? Number.POSITIVE_INFINITY)) return;
      kills.shift();
      restarting = (async () => {
        await server.kill('SIGKILL');
        server = await startProcess(env);
        restarting = null;
      })();
    };
    let next = 0;
    const worker = async () => {
      for (let i = next++; i < UPLOADS; i = next++) {
        const file = files[i];
        if (!file) return;
        const id = i % 2 === 0 ? await multipart(url, key, file) : await tus(url, key, file);
        ledger.set(file.name, { id, sha256: file.sha256 });
        maybeKill();
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, worker));
    await (restarting ?? Promise.resolve());
    expect(kills, 'every kill happened').to.deep.equal([]);
    await compare(ledger);
  });

  for (const point of FAILPOINTS) {
    it(`ends with exactly one asset when it dies at ${point}, by multipart and by tus`, async () => {
      const files = [await picture(1000 + FAILPOINTS.indexOf(point) * 2), await picture(1001 + FAILPOINTS.indexOf(point) * 2)];
      const ledger = new Map<string, { id: string; sha256: string }>();
      for (const [i, send] of [multipart, tus].entries()) {
        const file = files[i];
        if (!file) throw new Error('no file');
        await server.kill('SIGTERM');
        server = await startProcess({ ...env, FAILPOINT: `${point}:kill` });
        const sending = send(url, key, file);
        const { signal } = await server.ended;
        expect(signal, server.output()).to.equal('SIGKILL');
        server = await startProcess(env);
        ledger.set(file.name, { id: await sending, sha256: file.sha256 });
      }
      await compare(ledger);
    });
  }

  async function compare(ledger: Map<string, { id: string; sha256: string }>): Promise<void> {
    const names = [...ledger.keys()];
    const rows = await db.query<{ id: string; name: string; sha256: string; versions: number; audits: number; blob_id: string }>(
      `select a.id, a.name, b.sha256, b.id as blob_id,
         (select count(*)::int from file_version v where v.asset_id = a.id) as versions,
         (select count(*)::int from audit_entry e where e.subject_id = a.id::text and e.action = 'asset.create') as audits
       from asset a join file_version v on v.id = a.current_version_id join blob b on b.id = v.blob_id where a.name = any($1)`,
      [names],
    );
    expect(rows.rows.length, 'neither lost nor doubled').to.equal(names.length);
    for (const row of rows.rows) {
      expect(ledger.get(row.name), row.name).to.deep.equal({ id: row.id, sha256: row.sha256 });
      expect([row.versions, row.audits], row.name).to.deep.equal([1, 1]);
      const response = await fetch(`${url}/api/v1/assets/${row.id}/original`, { headers: { Authorization: `Bearer ${key}` } });
      const bytes = Buffer.from(await response.arrayBuffer());
      expect(createHash('sha256').update(bytes).digest('hex'), `${row.name} reads back`).to.equal(row.sha256);
    }
    await eventually(
      async () => (await db.query(`select 1 from asset where name = any($1) and status <> 'ready' limit 1`, [names])).rowCount === 0,
      { ms: 90_000, what: 'every asset becoming ready' },
    );
    const stray = await db.query<{ n: number }>(
      `select count(*)::int as n from asset where name ~ '^kill-' and not (name = any($1)) and name like any($2)`,
      [names, names.map((name) => `${name.replace('.png', '')}-%`)],
    );
    expect(stray.rows[0]?.n, 'no second copies under other names').to.equal(0);
    expect((await readdir(join(dataDir, 'tmp'))).filter((name) => name.startsWith('clip-'))).to.deep.equal([]);
  }
});

interface TestFile {
  name: string;
  bytes: Buffer;
  sha256: string;
}

async function picture(i: number): Promise<TestFile> {
  const noise = Buffer.alloc(64 * 48 * 3).map((_, at) => (at * 31 + i * 97) % 251);
  const bytes = await sharp(noise, { raw: { width: 64, height: 48, channels: 3 } })
    .png({ compressionLevel: 1 })
    .toBuffer();
  return { name: `kill-${i}.png`, bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** Tries until there is a real answer: a dead server is no answer. */
async function insist<T>(attempt: () => Promise<T | null>): Promise<T> {
  return eventually(
    () => attempt().catch((error: unknown) => (error instanceof TypeError || isReset(error) ? null : Promise.reject(error))),
    {
      ms: 120_000,
      what: 'the upload being acknowledged',
    },
  );
}

const isReset = (error: unknown) => error instanceof Error && /fetch failed|ECONN|socket|terminated/i.test(error.message);

function multipart(url: string, key: string, file: TestFile): Promise<string> {
  return insist(async () => {
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(file.bytes)]), file.name);
    const response = await fetch(`${url}/api/v1/assets`, {
      method: 'POST',
      body: form,
      headers: { Authorization: `Bearer ${key}`, 'Idempotency-Key': file.name },
    });
    const body = (await response.json()) as { id: string };
    // 423: the request that died still holds its lease for some seconds.
    if (response.status === 423 || response.status === 503) return null;
    expect(response.status, JSON.stringify(body)).to.equal(201);
    return body.id;
  });
}

async function tus(url: string, key: string, file: TestFile): Promise<string> {
  const headers = { Authorization: `Bearer ${key}`, 'Tus-Resumable': '1.0.0' };
  const half = Math.floor(file.bytes.length / 2);
  let location: string | null = null;
  return insist(async () => {
    if (location === null) {
      const created = await fetch(`${url}/api/v1/uploads`, {
        method: 'POST',
        headers: {
          ...headers,
          'Upload-Length': String(file.bytes.length),
          'Upload-Metadata': `filename ${Buffer.from(file.name).toString('base64')}`,
        },
      });
      expect(created.status).to.equal(201);
      location = new URL(created.headers.get('location') ?? '', url).href;
    }
    const head = await fetch(location, { method: 'HEAD', headers });
    if (head.status === 423) return null;
    expect(head.status).to.equal(200);
    const known = head.headers.get('damson-asset-id');
    if (known) return known;
    const offset = Number(head.headers.get('upload-offset'));
    const body = file.bytes.subarray(offset, offset === 0 ? half : file.bytes.length);
    const patched = await fetch(location, {
      method: 'PATCH',
      headers: { ...headers, 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream' },
      body: new Uint8Array(body),
    });
    if (patched.status === 423) return null;
    expect(patched.status, await patched.text()).to.equal(204);
    return patched.headers.get('damson-asset-id');
  });
}
