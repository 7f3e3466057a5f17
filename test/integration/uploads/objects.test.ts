import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createDiskStorage } from '../../../src/platform/storage/disk.ts';
import { startServer, type TestServer, upload } from '../../support/harness.ts';
import { faulty } from './faulty.ts';

/** Rows and objects agree: nothing refused stays on the disk, nothing acknowledged is missing from it. */
describe('objects of uploads', () => {
  let server: TestServer;
  let dir: string;
  let completed: () => number;
  const tus = { 'Tus-Resumable': '1.0.0' };

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'damson-objects-'));
    const made = faulty(await createDiskStorage({ dir }));
    completed = made.completed;
    server = await startServer({ overrides: { storage: made.wrapped }, work: false });
  });
  after(async () => {
    await server.close();
    await rm(dir, { recursive: true, force: true });
  });

  const sql = <R = Record<string, unknown>>(text: string, params: unknown[] = []) =>
    server.container.database.sql.query<R>({}, text, params);
  const objects = async () =>
    (await readdir(join(dir, 'originals', server.ctx.workspaceId)).catch((): string[] => [])).sort((a, b) => a.localeCompare(b));
  const blobOf = async (assetId: string) =>
    (await sql<{ blob: string }>('select blob_id as blob from file_version where asset_id = $1 order by number desc limit 1', [assetId]))[0]
      ?.blob ?? '';
  const original = async (assetId: string) => {
    const response = await server.api(`/api/v1/assets/${assetId}/original`);
    return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()) };
  };
  const lose = async (assetId: string) => rm(join(dir, 'originals', server.ctx.workspaceId, await blobOf(assetId)));

  it('mends a blob whose object is gone with the bytes of the next equal upload', async () => {
    const bytes = randomBytes(3000);
    const first = await upload(server.api, 'lost.bin', bytes);
    const replaced = await upload(server.api, 'lost.bin', bytes, { onConflict: 'version' });
    await lose(first.body.id);
    expect((await original(first.body.id)).status).to.not.equal(200);
    const again = await upload(server.api, 'again.bin', bytes);
    expect(again.status).to.equal(201);
    for (const id of [again.body.id, first.body.id]) {
      const { status, bytes: found } = await original(id);
      expect([status, found.equals(bytes)], id).to.deep.equal([200, true]);
    }
    expect(replaced.body.id).to.equal(first.body.id);
    const versions = await sql<{ blob: string }>('select distinct blob_id as blob from file_version where asset_id = any($1)', [
      [first.body.id, again.body.id],
    ]);
    expect(versions, 'every version of both points at the object that is there').to.have.length(1);
    expect(again.body.duplicateOf).to.equal(first.body.id);
  });

  it('mends it once when several bring the bytes at the same time', async () => {
    const bytes = randomBytes(3000);
    const first = await upload(server.api, 'crowded.bin', bytes);
    await lose(first.body.id);
    const many = await Promise.all(Array.from({ length: 6 }, (_, i) => upload(server.api, `crowded-${i}.bin`, bytes)));
    expect(many.map((item) => item.status)).to.deep.equal(Array(6).fill(201));
    const blobs = new Set(await Promise.all([first, ...many].map((item) => blobOf(item.body.id))));
    expect(blobs.size).to.equal(1);
    expect((await original(first.body.id)).bytes.equals(bytes)).to.equal(true);
  });

  it('keeps nothing of a file that was refused at the very end', async () => {
    await upload(server.api, 'taken.txt', Buffer.from('1'));
    const before = await objects();
    const refused = await upload(server.api, 'taken.txt', randomBytes(1000), { onConflict: 'fail' });
    expect([refused.status, refused.body.code]).to.deep.equal([409, 'name_taken']);
    expect(await objects()).to.deep.equal(before);
    const form = new FormData();
    for (const name of ['fine.txt', 'taken.txt']) form.append('file', new Blob([`two ${name}`]), name);
    form.append('onConflict', 'fail');
    const several = (await (await server.api('/api/v1/assets', { method: 'POST', body: form })).json()) as { items: { status: number }[] };
    expect(several.items.map((item) => item.status)).to.deep.equal([201, 409]);
    expect(await objects()).to.have.length(before.length + 1);
  });

  it('gives back the object of a tus upload that was refused at the end and then cancelled', async () => {
    await upload(server.api, 'held.txt', Buffer.from('held'));
    const before = await objects();
    const opened = await server.api('/api/v1/uploads', {
      method: 'POST',
      headers: { ...tus, 'Upload-Length': '5', 'Upload-Metadata': `filename ${btoa('held.txt')},onConflict ${btoa('fail')}` },
    });
    const path = new URL(opened.headers.get('location') ?? '', server.url).pathname;
    const refused = await server.api(path, {
      method: 'PATCH',
      headers: { ...tus, 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' },
      body: 'other',
    });
    expect([refused.status, ((await refused.json()) as { code: string }).code]).to.deep.equal([409, 'name_taken']);
    expect(await objects()).to.have.length(before.length + 1);
    expect((await server.api(path, { method: 'DELETE', headers: tus })).status).to.equal(204);
    expect(await objects()).to.deep.equal(before);
  });

  it('refuses what is over the quota before it gets its final name, however it comes', async () => {
    const [used] = await sql<{ bytes: number }>('select used_bytes::float8 as bytes from workspace');
    await sql('update workspace set quota_bytes = $1', [(used?.bytes ?? 0) + 5000]);
    try {
      const [before, done] = [await objects(), completed()];
      const multipart = await upload(server.api, 'big.bin', randomBytes(6000));
      expect([multipart.status, multipart.body.code]).to.deep.equal([413, 'quota_exceeded']);
      expect([await objects(), completed()]).to.deep.equal([before, done]);

      const opened = await server.api('/api/v1/uploads', { method: 'POST', headers: { ...tus, 'Upload-Defer-Length': '1' } });
      const path = new URL(opened.headers.get('location') ?? '', server.url).pathname;
      const patch = (offset: number, size: number, headers: Record<string, string> = {}) =>
        server.api(path, {
          method: 'PATCH',
          headers: { ...tus, 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream', ...headers },
          body: new Uint8Array(randomBytes(size)),
        });
      expect((await patch(0, 3000)).status).to.equal(204);
      const declared = await patch(3000, 100, { 'Upload-Length': '1000000' });
      expect([declared.status, ((await declared.json()) as { code: string }).code]).to.deep.equal([413, 'quota_exceeded']);
      const more = await patch(3000, 3000);
      expect([more.status, ((await more.json()) as { code: string }).code]).to.deep.equal([413, 'quota_exceeded']);
      expect(completed()).to.equal(done);
      expect((await server.api(path, { method: 'DELETE', headers: tus })).status).to.equal(204);
      expect((await upload(server.api, 'fits.bin', randomBytes(4000))).status).to.equal(201);
    } finally {
      await sql('update workspace set quota_bytes = null');
    }
  });

  it('gives the draft of a killed request back when its key is tried again', async () => {
    const headers = { 'Idempotency-Key': 'killed' };
    const { body: probe } = await upload(server.api, 'probe.txt', randomBytes(20), {}, { 'Idempotency-Key': 'probe' });
    // As kill -9 leaves it: a row, and a draft with some bytes.
    const { uploads } = server.container;
    const state = await uploads.service.create(server.ctx, { size: null, metadata: { filename: 'again.txt' } });
    await sql(
      `update upload set idempotency_key = 'killed#0', owner = (select owner from upload where asset_id = $2), lease_until = now() - interval '1 second'
       where id = $1`,
      [state.id, probe.id],
    );
    expect((await objects()).filter((name) => name.endsWith('.part'))).to.have.length(1);
    expect((await upload(server.api, 'again.txt', Buffer.from('again'), {}, headers)).status).to.equal(201);
    expect((await objects()).filter((name) => name.endsWith('.part'))).to.deep.equal([]);
  });

  it('lets a retry wait while the first request with its key still writes, and harms neither', async () => {
    const headers = { 'Idempotency-Key': 'patient' };
    const first = await upload(server.api, 'patient.txt', Buffer.from('one'), {}, headers);
    await sql(
      `update upload set state = 'committing', lease_owner = 'other', lease_until = now() + interval '1 minute' where asset_id = $1`,
      [first.body.id],
    );
    const second = await upload(server.api, 'patient.txt', Buffer.from('one'), {}, headers);
    expect([second.status, second.body.code]).to.deep.equal([423, 'upload_locked']);
    const [row] = await sql<{ state: string; blob: string }>('select state, blob_id as blob from upload where asset_id = $1', [
      first.body.id,
    ]);
    expect(row).to.deep.equal({ state: 'committing', blob: await blobOf(first.body.id) });
    expect((await original(first.body.id)).status).to.equal(200);
  });
});
