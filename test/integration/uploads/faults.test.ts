import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemClock } from '../../../src/context.ts';
import { storageFull, unavailable } from '../../../src/errors.ts';
import { sweep } from '../../../src/modules/library/uploads/uploads.jobs.ts';
import { UploadsRepository } from '../../../src/modules/library/uploads/uploads.repository.ts';
import { silentLog } from '../../../src/platform/log.ts';
import { createDiskStorage } from '../../../src/platform/storage/disk.ts';
import type { Storage } from '../../../src/platform/storage/storage.ts';
import { startServer, type TestServer, upload } from '../../support/harness.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';

/** Storage that fails on demand: a full disk, an outage. */
function faulty(storage: Storage) {
  const fault: { append: Error | null; complete: Error | null } = { append: null, complete: null };
  const faults: Partial<Storage> = {
    append: async (draft, offset, body) => {
      if (!fault.append) return storage.append(draft, offset, body);
      body.resume();
      throw fault.append;
    },
    complete: async (draft) => {
      if (fault.complete) throw fault.complete;
      return storage.complete(draft);
    },
  };
  // Bound to the real storage, whose own fields are private.
  const wrapped = new Proxy(storage, {
    get: (target, name: keyof Storage) => {
      const member = faults[name] ?? target[name];
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  return { wrapped, fault };
}

describe('uploads while storage fails', () => {
  let server: TestServer;
  let dir: string;
  let fault: ReturnType<typeof faulty>['fault'];

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
    const longAgo = new Date(Date.now() - 48 * 3_600_000);
    for (const file of await readdir(folder)) if (!file.endsWith('000000000002')) await utimes(join(folder, file), longAgo, longAgo);
    const { dataSource } = server.container.database;
    const deps = {
      repository: new UploadsRepository(dataSource),
      storage: server.container.storage,
      log: silentLog,
      graceMs: 24 * 3_600_000,
    };
    expect(await sweep(deps, systemClock.now())).to.deep.equal({ expired: 0, orphans: 1 });
    expect((await server.api(`/api/v1/assets/${kept.body.id}/original`)).status).to.equal(200);
    await server.container.database.sql.query({}, `update upload set expires_at = now() - interval '1 second' where state = 'open'`);
    expect((await sweep(deps, systemClock.now())).expired).to.equal(1);
    const again = await server.api(new URL(open.headers.get('location') ?? '', server.url).pathname, {
      method: 'HEAD',
      headers: { 'Tus-Resumable': '1.0.0' },
    });
    expect(again.status).to.equal(404);
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).to.deep.equal([]);
  });
});
