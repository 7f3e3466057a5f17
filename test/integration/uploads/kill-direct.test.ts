import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import pg from 'pg';
import { freePort } from '../../../src/platform/free-port.ts';
import { createTestDatabase } from '../../support/database.ts';
import { onEngine } from '../../support/engines.ts';
import { eventually } from '../../support/harness.ts';
import { makeKey, type ServerProcess, startProcess } from '../../support/process.ts';
import { stackEnv } from '../../support/stack.ts';
import { makeBucket, S3_VARIABLES, type TestBucket } from '../../support/s3.ts';

type Json = Record<string, any>;

/** Where the server dies; P2, bytes that pass through it, does not happen here. */
const FAILPOINTS = ['P1', 'P3', 'P4', 'P5', 'P6'];

onEngine('S3', S3_VARIABLES, () => {
  describe('kill -9 of the server during an upload straight to the store', function () {
    this.timeout(240_000);
    let database: { url: string; drop(): Promise<void> };
    let bucket: TestBucket;
    let dataDir: string;
    let env: Record<string, string>;
    let url: string;
    let key: string;
    let server: ServerProcess;
    let db: pg.Pool;

    before(async () => {
      database = await createTestDatabase();
      bucket = await makeBucket();
      dataDir = await mkdtemp(join(tmpdir(), 'damson-kill-direct-'));
      const port = String(await freePort('127.0.0.1'));
      url = `http://127.0.0.1:${port}`;
      env = {
        ...stackEnv({ DATABASE_URL: database.url }, dataDir),
        PORT: port,
        ...bucket.env,
        S3_PUBLIC_ENDPOINT: bucket.env['S3_ENDPOINT'] ?? '',
      };
      db = new pg.Pool({ connectionString: database.url, max: 2 });
      // The database's own server may end connections when it is dropped.
      db.on('error', () => undefined);
      server = await startProcess(env);
      key = await makeKey(url);
    });
    after(async () => {
      await server?.kill('SIGTERM');
      await db?.end();
      await database?.drop();
      await bucket?.remove();
      await rm(dataDir, { recursive: true, force: true });
    });

    const headers = () => ({ Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' });
    const post = (path: string, body: unknown) =>
      fetch(`${url}/api/v1/uploads/direct${path}`, { method: 'POST', headers: headers(), body: JSON.stringify(body) });

    /** Tries until there is an answer: a dead server is none, nor one that still holds the lease of a dead request. */
    const insist = (attempt: () => Promise<Response>): Promise<Json> =>
      eventually(
        async () => {
          const answer = await attempt().catch(() => null);
          if (answer === null || answer.status === 423 || answer.status === 503) return null;
          const body = await answer.json().catch(() => null); // it may die while it answers
          if (body !== null) expect(answer.status, JSON.stringify(body)).to.equal(201);
          return body as Json | null;
        },
        { ms: 120_000, what: 'an answer' },
      );

    async function send(name: string, bytes: Buffer): Promise<string> {
      const opened = await insist(() => post('', { name, bytes: bytes.length }));
      const parts: { number: number; etag: string }[] = [];
      for (const { number, url: to } of opened['parts']) {
        const put = await fetch(to, { method: 'PUT', body: new Uint8Array(bytes) });
        parts.push({ number, etag: put.headers.get('etag') ?? '' });
      }
      return (await insist(() => post(`/${opened['id']}/complete`, { parts })))['id'];
    }

    for (const point of FAILPOINTS) {
      it(`ends with exactly one asset when it dies at ${point}`, async () => {
        const [name, bytes] = [`${point}.bin`, randomBytes(50_000)];
        await server.kill('SIGTERM');
        server = await startProcess({ ...env, FAILPOINT: `${point}:kill` });
        const sending = send(name, bytes);
        const { signal } = await server.ended;
        expect(signal, server.output()).to.equal('SIGKILL');
        server = await startProcess(env);
        const id = await sending;
        const { rows } = await db.query<Json>(
          `select a.id, b.sha256, (select count(*)::int from file_version v where v.asset_id = a.id) as versions
           from asset a join file_version v on v.id = a.current_version_id join blob b on b.id = v.blob_id where v.original_name = $1`,
          [name],
        );
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        expect(rows).to.deep.equal([{ id, sha256, versions: 1 }]);
        const original = await fetch(`${url}/api/v1/assets/${id}/original`, { headers: headers() });
        expect(
          createHash('sha256')
            .update(Buffer.from(await original.arrayBuffer()))
            .digest('hex'),
        ).to.equal(sha256);
      });
    }
  });
});
