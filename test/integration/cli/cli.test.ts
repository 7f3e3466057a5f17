import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { httpSink } from '../../../src/cli/upload-http.ts';
import { collectFiles, type LocalFile } from '../../../src/cli/upload-files.ts';
import { ResumeFile } from '../../../src/cli/upload-resume.ts';
import { uploadFile } from '../../../src/cli/upload-sink.ts';
import { ADMIN, startServer, type TestServer } from '../../support/harness.ts';

const MAIN = join(import.meta.dirname, '../../../src/cli/main.ts');
const ROOT = join(import.meta.dirname, '../../..');

describe('the damson command', function () {
  this.timeout(180_000);
  let server: TestServer;
  let folder: string;
  let key: string;

  before(async () => {
    server = await startServer({ work: false });
    folder = await mkdtemp(join(tmpdir(), 'damson-cli-'));
    ({ key } = await server.as('editor'));
  });
  after(async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** Runs the command beside the running server, on the same database and data folder. */
  function damson(args: string[], env: Record<string, string> = {}): Promise<{ code: number; out: string; err: string }> {
    return new Promise((resolve) => {
      const { database, config } = server.container;
      execFile(
        process.execPath,
        ['--import', 'tsx', MAIN, ...args],
        {
          cwd: ROOT,
          env: {
            PATH: process.env['PATH'] ?? '',
            NODE_ENV: 'test',
            DATA_DIR: server.dataDir,
            DATABASE_URL: database.url,
            APP_SECRET: 'test-secret-of-more-than-thirty-two-characters',
            PUBLIC_URL: config.http.publicUrl,
            LOG_LEVEL: 'silent',
            XDG_CACHE_HOME: join(folder, 'cache'),
            ...env,
          },
        },
        (error, out, err) => resolve({ code: error ? Number(error.code) : 0, out, err }),
      );
    });
  }

  it('helps, and answers a wrong call with 2', async () => {
    expect((await damson(['--help'])).out).to.contain('upload PATH…');
    const help = await damson(['api-key', '--help']);
    expect([help.code, help.out.includes('--scopes')]).to.deep.equal([0, true]);
    for (const args of [[], ['nothing'], ['admin', 'create'], ['api-key', 'create', '--name', 'x'], ['upload'], ['doctor', '--nope']]) {
      expect((await damson(args)).code, args.join(' ')).to.equal(2);
    }
    const bad = await damson(['doctor'], { PORT: 'abc' });
    expect(bad.code).to.equal(2);
    expect(bad.err).to.contain('PORT');
  });

  it('makes an API key and prints it alone', async () => {
    const made = await damson(['api-key', 'create', '--name', 'ci', '--scopes', 'assets:read,assets:write']);
    expect(made.code).to.equal(0);
    expect(made.out).to.match(/^dmsn_[\w-]{43}\n$/);
    const me = await server.raw('/api/v1/me', { headers: { authorization: `Bearer ${made.out.trim()}` } });
    expect(((await me.json()) as { apiKey: { name: string } }).apiKey.name).to.equal('ci');
    expect((await damson(['api-key', 'create', '--name', 'x', '--scopes', 'all'])).code).to.equal(2);
  });

  it('makes administrators, and links for those who cannot sign in', async () => {
    const made = await damson(['admin', 'create', '--email', 'Boss@Example.com', '--password', 'long enough password']);
    expect(made.code, made.err).to.equal(0);
    expect(await server.signIn('boss@example.com', 'long enough password')).to.match(/^damson=/);
    const again = await damson(['admin', 'create', '--email', 'boss@example.com']);
    expect([again.code, again.err.includes('already_member')]).to.deep.equal([1, true]);
    const link = await damson(['admin', 'link', '--email', ADMIN.email]);
    expect(link.out.trim()).to.match(new RegExp(`^${server.url}/sign-in/link\\?token=`));
    const entered = await fetch(link.out.trim(), { redirect: 'manual' });
    expect(entered.headers.get('location')).to.equal('/');
  });

  it('uploads a folder to the server and straight into the library', async () => {
    const photos = join(folder, 'photos');
    await mkdir(join(photos, 'day 1'), { recursive: true });
    await writeFile(join(photos, 'a.txt'), 'first');
    await writeFile(join(photos, 'day 1', 'b.txt'), 'second');
    await writeFile(join(photos, 'empty.txt'), '');

    const http = await damson(['upload', photos, '--folder', '/http', '--tags', 'one,two', '--json'], {
      DAMSON_URL: server.url,
      DAMSON_API_KEY: key,
    });
    expect(http.code, http.err + http.out).to.equal(0);
    const items = (JSON.parse(http.out) as { items: { file: string; assetId: string }[] }).items;
    expect(items).to.have.length(3);
    const asset = (await (await server.api(`/api/v1/assets/${items[1]?.assetId}`)).json()) as Record<string, unknown>;
    expect(asset).to.deep.include({ name: 'b.txt', bytes: 6 });
    expect(asset['tags']).to.have.members(['one', 'two']);

    const direct = await damson(['upload', photos, '--folder', '/direct', '--json']);
    expect(direct.code, direct.err + direct.out).to.equal(0);
    const made = (JSON.parse(direct.out) as { items: { assetId: string }[] }).items[0]?.assetId;
    expect((await server.api(`/api/v1/assets/${made}`)).status).to.equal(200);
  });

  it('tells why a file could not be uploaded', async () => {
    const viewer = await server.as('viewer');
    await writeFile(join(folder, 'no.txt'), 'no');
    const refused = await damson(['upload', join(folder, 'no.txt'), '--url', server.url, '--api-key', viewer.key]);
    expect(refused.code).to.equal(1);
    expect(refused.err).to.contain('no.txt');
    const nobody = await damson(['upload', join(folder, 'no.txt'), '--url', server.url]);
    expect(nobody.code).to.equal(2);
  });

  it('goes on over HTTP where an earlier call stopped', async () => {
    const bytes = Buffer.alloc(9 * 2 ** 20, 'resume ');
    await writeFile(join(folder, 'big.bin'), bytes);
    const [file] = (await collectFiles([join(folder, 'big.bin')], '/resumed')) as [LocalFile];
    const resume = await ResumeFile.open({ XDG_CACHE_HOME: join(folder, 'cache-2') });
    const sink = httpSink(server.url, key);
    const upload = await sink.create(file, { folder: file.folder });
    expect(await sink.send(upload, 0, bytes.subarray(0, 1_000_000))).to.equal(1_000_000);
    await resume.set(ResumeFile.key([sink.place, file.path, file.bytes, file.modifiedMs, file.folder]), upload);
    const seen: number[] = [];
    const assetId = await uploadFile(sink, resume, file, {}, (offset) => seen.push(offset));
    expect(seen[0]).to.equal(1_000_000);
    const stored = await server.api(`/api/v1/assets/${assetId}/original`);
    expect(Buffer.from(await stored.arrayBuffer()).equals(bytes)).to.equal(true);
  });

  it('looks after itself: doctor, migrate, reindex, refresh, openapi', async () => {
    const doctor = await damson(['doctor', '--json']);
    expect(doctor.code, doctor.err).to.equal(0);
    const { findings } = JSON.parse(doctor.out) as { findings: { part: string; state: string; detail: string }[] };
    expect(findings.map(({ part }) => part)).to.include.members([
      'database',
      'schema',
      'storage',
      'search',
      'queue',
      'video',
      'sandbox',
      'images',
    ]);
    expect(findings.find(({ part }) => part === 'schema')?.detail).to.equal('up to date');
    expect(JSON.stringify(findings)).not.to.contain('test-secret');
    expect(JSON.parse((await damson(['migrate', '--json'])).out)).to.deep.equal({ applied: [] });
    expect((await damson(['reindex', '--json'])).code).to.equal(0);
    expect((await damson(['reindex', '--check'])).code).to.equal(0);
    expect(JSON.parse((await damson(['refresh', '--check', '--json'])).out)).to.deep.equal({ files: 0 });
    expect((JSON.parse((await damson(['openapi'])).out) as { openapi: string }).openapi).to.match(/^3\.1/);
  });
});
