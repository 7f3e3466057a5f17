import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemClock } from '../../../src/context.ts';
import { storageFull, unavailable } from '../../../src/errors.ts';
import { sweep } from '../../../src/modules/library/uploads/uploads.jobs.ts';
import { UploadsRepository } from '../../../src/modules/library/uploads/uploads.repository.ts';
import { silentLog } from '../../../src/platform/log.ts';
import { createDiskStorage } from '../../../src/platform/storage/disk.ts';
import { startServer, type TestServer, upload } from '../../support/harness.ts';
import { type Fault, faulty } from './faulty.ts';

describe('uploads while storage fails', () => {
  let server: TestServer;
  let dir: string;
  let fault: Fault;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'damson-faults-'));
    const made = faulty(await createDiskStorage({ dir }));
    fault = made.fault;
    server = await startServer({ overrides: { storage: made.wrapped }, work: false });
  });
  after(async () => {
    await server.close();
    await rm(dir, { recursive: true, force: true });
  });

  const counts = async () => {
    const [row] = await server.container.database.sql.query<{ assets: number; open: number }>(
      {},
      `select (select count(*)::int from asset) as assets, (select count(*)::int from upload where state in ('open', 'receiving', 'committing')) as open`,
    );
    return row;
  };

  it('answers 507 when the disk is full, keeps nothing of it, and takes the next upload', async () => {
    const before = await counts();
    fault.append = storageFull();
    const full = await upload(server.api, 'full.bin', Buffer.alloc(100_000));
    expect([full.status, full.body.code]).to.deep.equal([507, 'storage_full']);
    fault.append = null;
    expect(await counts()).to.deep.equal(before);
    expect((await upload(server.api, 'next.bin', Buffer.alloc(1000))).status).to.equal(201);
  });

  it('answers 503 when storage is away at the last step, and a retry with the same key makes one asset', async () => {
    const before = await counts();
    fault.complete = unavailable('storage is away');
    const headers = { 'Idempotency-Key': 'away' };
    expect((await upload(server.api, 'away.bin', Buffer.from('away'), {}, headers)).status).to.equal(503);
    fault.complete = null;
    expect((await upload(server.api, 'away.bin', Buffer.from('away'), {}, headers)).status).to.equal(201);
    expect((await upload(server.api, 'away.bin', Buffer.from('away'), {}, headers)).status).to.equal(201);
    expect((await counts())?.assets).to.equal((before?.assets ?? 0) + 1);
  });

  it('hashes what is stored, not what was on its way when the disk was full', async () => {
    const bytes = randomBytes(9000);
    const headers = { 'Tus-Resumable': '1.0.0' };
    const opened = await server.api('/api/v1/uploads', { method: 'POST', headers: { ...headers, 'Upload-Length': '9000' } });
    const path = new URL(opened.headers.get('location') ?? '', server.url).pathname;
    const send = (from: number, to: number) =>
      server.api(path, {
        method: 'PATCH',
        headers: { ...headers, 'Upload-Offset': String(from), 'Content-Type': 'application/offset+octet-stream' },
        body: new Uint8Array(bytes.subarray(from, to)),
      });
    expect((await send(0, 4000)).status).to.equal(204);
    fault.appendAfterBody = storageFull();
    expect((await send(4000, 9000)).status).to.equal(507);
    fault.appendAfterBody = null;
    const last = await send(4000, 9000);
    expect(last.status, await last.clone().text()).to.equal(204);
    const asset = await (await server.api(`/api/v1/assets/${last.headers.get('damson-asset-id')}`)).json();
    expect(asset).to.include({ bytes: 9000, sha256: createHash('sha256').update(bytes).digest('hex') });
  });

  it('tells of an outage in a tus request as everywhere else: a problem, with when to come again', async () => {
    const headers = { 'Tus-Resumable': '1.0.0' };
    const opened = await server.api('/api/v1/uploads', { method: 'POST', headers: { ...headers, 'Upload-Length': '1' } });
    fault.append = unavailable({ detail: 'storage is away', headers: { 'Retry-After': '5' } });
    const patch = () =>
      server.api(new URL(opened.headers.get('location') ?? '', server.url).pathname, {
        method: 'PATCH',
        headers: { ...headers, 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream', 'X-Request-Id': 'outage-0001' },
        body: 'x',
      });
    const answer = await patch();
    fault.append = null;
    expect((await patch()).status, 'the same request when it is back').to.equal(204);
    expect([answer.status, answer.headers.get('retry-after')]).to.deep.equal([503, '5']);
    expect(answer.headers.get('content-type')).to.equal('application/problem+json');
    expect(await answer.json()).to.deep.include({
      type: 'urn:damson:error:unavailable',
      status: 503,
      code: 'unavailable',
      detail: 'storage is away',
      requestId: 'outage-0001',
    });
  });

  it('sweeps expired uploads and objects that no row knows, never what is known or young', async () => {
    const kept = await upload(server.api, 'kept.bin', Buffer.from('kept'));
    const open = await server.api('/api/v1/uploads', {
      method: 'POST',
      headers: { 'Tus-Resumable': '1.0.0', 'Upload-Length': '10' },
    });
    expect(open.status).to.equal(201);
    const folder = join(dir, 'originals', server.ctx.workspaceId);
    await mkdir(folder, { recursive: true });
    const [old, young] = [join(folder, '01890000-0000-7000-8000-000000000001'), join(folder, '01890000-0000-7000-8000-000000000002')];
    await writeFile(old, 'orphan');
    await writeFile(young, 'orphan');
    // Killed between opening the draft and writing the row.
    await writeFile(`${old}.part`, 'half');
    await writeFile(`${young}.part`, 'half');
    const longAgo = new Date(Date.now() - 48 * 3_600_000);
    for (const file of await readdir(folder)) if (!file.includes('000000000002')) await utimes(join(folder, file), longAgo, longAgo);
    const { dataSource } = server.container.database;
    const deps = {
      repository: new UploadsRepository(dataSource),
      storage: server.container.storage,
      log: silentLog,
      graceMs: 24 * 3_600_000,
    };
    expect(await sweep(deps, systemClock.now())).to.deep.equal({ expired: 0, orphans: 1, drafts: 1, forgotten: 0 });
    expect((await readdir(folder)).filter((name) => name.includes('00000000000')).sort()).to.deep.equal([
      '01890000-0000-7000-8000-000000000002',
      '01890000-0000-7000-8000-000000000002.part',
    ]);
    expect((await server.api(`/api/v1/assets/${kept.body.id}/original`)).status).to.equal(200);
    await server.container.database.sql.query({}, `update upload set expires_at = now() - interval '1 second' where state = 'open'`);
    expect((await sweep(deps, systemClock.now())).expired).to.equal(1);
    const again = await server.api(new URL(open.headers.get('location') ?? '', server.url).pathname, {
      method: 'HEAD',
      headers: { 'Tus-Resumable': '1.0.0' },
    });
    expect(again.status).to.equal(404);
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).to.deep.equal(['01890000-0000-7000-8000-000000000002.part']);
  });
});
