import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { collectFiles, type LocalFile } from '../../../src/cli/upload-files.ts';
import { httpSink } from '../../../src/cli/upload-http.ts';
import { ResumeFile } from '../../../src/cli/upload-resume.ts';
import { uploadFile } from '../../../src/cli/upload-sink.ts';
import { onEngine } from '../../support/engines.ts';
import { startServer, type TestServer } from '../../support/harness.ts';
import { makeBucket, S3_VARIABLES, type TestBucket } from '../../support/s3.ts';

const MIB = 2 ** 20;
const sha = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** `damson upload` of a file over the limit, which is 1 MiB here. */
describe('damson upload of large files', () => {
  let folder: string;
  let file: LocalFile;
  const bytes = randomBytes(33 * MIB + 7);
  const resume = () => ResumeFile.open({ XDG_CACHE_HOME: join(folder, 'cache') });
  const sinkOf = (server: TestServer, key: string) => httpSink(server.url, key, { directFrom: MIB });
  const ways = (server: TestServer) =>
    server.container.database.sql.query<{ direct: boolean; state: string }>(
      {},
      `select target ? 'direct' as direct, state from upload order by created_at, id`,
    );
  const originalOf = async (server: TestServer, id: string) =>
    new Uint8Array(await (await server.api(`/api/v1/assets/${id}/original`)).arrayBuffer());

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'damson-to-store-'));
    await writeFile(join(folder, 'large.bin'), bytes);
    [file] = (await collectFiles([join(folder, 'large.bin')], '/large')) as [LocalFile];
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('go through the server where it has no store that clients reach', async () => {
    const server = await startServer({ work: false });
    try {
      const { key } = await server.as('editor');
      const id = await uploadFile(sinkOf(server, key), await resume(), file, {}, () => undefined);
      expect(sha(await originalOf(server, id))).to.equal(sha(bytes));
      expect((await ways(server)).map(({ direct }) => direct)).to.deep.equal([false]);
    } finally {
      await server.close();
    }
  });

  onEngine('S3', S3_VARIABLES, () => {
    describe('to a store that clients reach', () => {
      let bucket: TestBucket;
      let server: TestServer;
      let key: string;

      const start = async (publicEndpoint: string) => {
        server = await startServer({
          env: {
            ...bucket.env,
            S3_PUBLIC_ENDPOINT: publicEndpoint,
          },
          work: false,
        });
        ({ key } = await server.as('editor'));
      };

      beforeEach(async () => {
        bucket = await makeBucket();
      });
      afterEach(async () => {
        await server.close();
        await bucket.remove();
      });

      it('go past the server, and say how far they are', async () => {
        await start(bucket.options.endpoint ?? '');
        const seen: number[] = [];
        const metadata = { tags: 'one, two', publish: 'true' };
        const id = await uploadFile(sinkOf(server, key), await resume(), file, metadata, (offset) => seen.push(offset));
        expect(sha(await originalOf(server, id))).to.equal(sha(bytes));
        const asset = (await (await server.api(`/api/v1/assets/${id}`)).json()) as Record<string, any>;
        expect([asset['folder'], asset['name'], asset['published'].now]).to.deep.equal(['/large', 'large.bin', true]);
        expect(asset['tags']).to.have.members(['one', 'two']);
        expect([seen[0], seen.at(-1), seen.length]).to.deep.equal([0, bytes.length, 4]);
        expect(await ways(server)).to.deep.equal([{ direct: true, state: 'done' }]);
        expect((await ways(server)).length, 'small ones do not').to.equal(1);
      });

      it('go on where an earlier call stopped, and end when it stopped at the very end', async () => {
        await start(bucket.options.endpoint ?? '');
        const call = (path: string, body: unknown) =>
          fetch(`${server.url}/api/v1/uploads/direct${path}`, {
            method: 'POST',
            headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
            body: JSON.stringify(body),
          });
        const opened = (await (await call('', { name: file.name, bytes: file.bytes, folder: file.folder })).json()) as Record<string, any>;
        const first = await fetch(opened['parts'][0].url, { method: 'PUT', body: new Uint8Array(bytes.subarray(0, 16 * MIB)) });
        expect(first.status).to.equal(200);
        const kept = await resume();
        const entry = ResumeFile.key(['direct', server.url, file.path, file.bytes, file.modifiedMs, file.folder]);
        await kept.set(entry, opened['id']);
        const id = await uploadFile(sinkOf(server, key), kept, file, {}, () => undefined);
        expect(sha(await originalOf(server, id))).to.equal(sha(bytes));
        expect(await ways(server), 'the same upload').to.have.length(1);
        await kept.set(entry, opened['id']); // as a crash before the file was forgotten leaves it
        expect(await uploadFile(sinkOf(server, key), kept, file, {}, () => undefined)).to.equal(id);
      });

      it('go through the server when the store is not reached from here', async () => {
        const nobody = createServer((req) => req.socket.destroy());
        await new Promise<void>((resolve) => nobody.listen(0, '127.0.0.1', resolve));
        const address = nobody.address();
        await start(`http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`);
        const id = await uploadFile(sinkOf(server, key), await resume(), file, {}, () => undefined);
        nobody.close();
        expect(sha(await originalOf(server, id))).to.equal(sha(bytes));
        expect(await ways(server)).to.deep.equal([
          { direct: true, state: 'expired' },
          { direct: false, state: 'done' },
        ]);
        expect(await bucket.uploads()).to.deep.equal([]);
      });
    });
  });
});
