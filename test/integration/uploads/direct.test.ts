import { createHash, randomBytes } from 'node:crypto';
import { expect } from 'chai';
import sharp from 'sharp';
import { sweep } from '../../../src/modules/library/uploads/uploads.jobs.ts';
import { UploadsRepository } from '../../../src/modules/library/uploads/uploads.repository.ts';
import { silentLog } from '../../../src/platform/log.ts';
import { onEngine } from '../../support/engines.ts';
import { settled, startServer, type TestServer, upload } from '../../support/harness.ts';
import { makeBucket, S3_VARIABLES, type TestBucket } from '../../support/s3.ts';

type Json = Record<string, any>;
type Sent = { number: number; etag: string };

const MIB = 2 ** 20;
const sha = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

onEngine('S3', S3_VARIABLES, () => {
  /** The client PUTs the parts itself, with nothing but `fetch`. */
  describe('upload straight to the store', () => {
    let server: TestServer;
    let bucket: TestBucket;
    let editor: TestServer['api'];
    /** Two parts: 16 MiB and a bit. */
    const large = randomBytes(16 * MIB + 12_345);

    const environment = (more: Record<string, string> = {}) => ({
      ...bucket.env,
      S3_PUBLIC_ENDPOINT: bucket.options.endpoint ?? '',
      ...more,
    });

    before(async () => {
      bucket = await makeBucket();
      server = await startServer({ env: environment() });
      ({ api: editor } = await server.as('editor'));
    });
    after(async () => {
      await server?.close();
      await bucket?.remove();
    });

    const sql = <R = Json>(text: string, params: unknown[] = []) => server.container.database.sql.query<R>({}, text, params);
    const json = async (answer: Response) => ({ status: answer.status, body: (answer.status === 204 ? {} : await answer.json()) as Json });
    const post = async (path: string, body: unknown, api = editor) =>
      json(
        await api(`/api/v1/uploads/direct${path}`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify(body),
        }),
      );
    const open = async (bytes: Buffer, wish: Json = {}, api = editor) => {
      const { status, body } = await post('', { name: 'direct.bin', bytes: bytes.length, ...wish }, api);
      expect(status, JSON.stringify(body)).to.equal(201);
      return body;
    };
    const put = (url: string, bytes: Buffer) => fetch(url, { method: 'PUT', body: new Uint8Array(bytes) });
    /** Status of an answer that should be `expected`: a store may also hang up before it has read what it refuses. */
    const refused = (answer: Promise<Response>, expected: number) =>
      answer.then(
        ({ status }) => status,
        () => expected,
      );
    const send = async (opened: Json, bytes: Buffer): Promise<Sent[]> => {
      const sent: Sent[] = [];
      for (const { number, url, bytes: length } of opened['parts']) {
        const from = (number - 1) * opened['partBytes'];
        const answer = await put(url, bytes.subarray(from, from + length));
        expect(answer.status, await answer.text()).to.equal(200);
        sent.push({ number, etag: answer.headers.get('etag') ?? '' });
      }
      return sent;
    };
    const complete = (id: string, parts: Sent[], more: Json = {}, api = editor) => post(`/${id}/complete`, { parts, ...more }, api);
    const moreParts = async (id: string, from = 1, api = editor) => json(await api(`/api/v1/uploads/direct/${id}/parts?from=${from}`));
    const abort = async (id: string, api = editor) => json(await api(`/api/v1/uploads/direct/${id}`, { method: 'DELETE' }));
    const rowOf = async (id: string) =>
      (await sql<{ state: string; key: string }>(`select state, draft->>'key' as key from upload where id = $1`, [id]))[0];
    /** Nothing of an upload is left in the store. */
    const expectGone = async (key: string | undefined) => {
      expect((await bucket.objects()).filter((name) => name.endsWith(key ?? ''))).to.deep.equal([]);
      expect((await bucket.uploads()).filter(({ Key }) => Key === key)).to.deep.equal([]);
    };
    const sweepAt = (hours: number) =>
      sweep(
        {
          repository: new UploadsRepository(server.container.database.dataSource),
          storage: server.container.storage,
          log: silentLog,
          graceMs: 24 * 3_600_000,
        },
        new Date(Date.now() + hours * 3_600_000),
      );

    it('stores a file in parts that the client sent past us', async () => {
      const opened = await open(large, { name: 'Größe.bin', folder: '/direct/deep', tags: ['a', 'b'], title: 'Titel', sha256: sha(large) });
      expect(opened).to.include({ bytes: large.length, partBytes: 16 * MIB, partCount: 2, next: null });
      expect(opened['parts'].map((part: Json) => [part['number'], part['bytes'], part['etag']])).to.deep.equal([
        [1, 16 * MIB, null],
        [2, 12_345, null],
      ]);
      expect(Date.parse(opened['expiresAt']) - Date.now()).to.be.within(10 * 60_000, 16 * 60_000);
      const sent = await send(opened, large);
      expect(
        (await bucket.objects()).filter((key) => key.startsWith('originals/')),
        'no object before the end',
      ).to.deep.equal([]);
      const { status, body } = await complete(opened['id'], sent);
      expect(status, JSON.stringify(body)).to.equal(201);
      expect(body).to.include({ name: 'Größe.bin', folder: '/direct/deep', title: 'Titel', bytes: large.length, sha256: sha(large) });
      expect(body['tags']).to.have.members(['a', 'b']);
      const original = await server.api(`/api/v1/assets/${body['id']}/original`);
      expect(sha(Buffer.from(await original.arrayBuffer()))).to.equal(sha(large));
      expect((await bucket.objects()).filter((key) => key.startsWith('drafts/'))).to.deep.equal([]);
      expect(await bucket.uploads()).to.deep.equal([]);
    });

    it('makes previews as of any other file, publishes, and knows equal bytes', async () => {
      const jpeg = await sharp({ create: { width: 640, height: 480, channels: 3, background: '#7a2e5d' } })
        .jpeg()
        .toBuffer();
      const opened = await open(jpeg, { name: 'plum.jpg', publish: true });
      const { body } = await complete(opened['id'], await send(opened, jpeg));
      const asset = await settled(server.api, body['id']);
      expect([asset['status'], asset['kind'], asset['preview'].state, asset['published'].now]).to.deep.equal([
        'ready',
        'image',
        'ready',
        true,
      ]);
      const twin = await open(jpeg, { name: 'twin.jpg', onDuplicate: 'skip' });
      expect((await complete(twin['id'], await send(twin, jpeg))).body['id']).to.equal(body['id']);
      const form = await upload(editor, 'form.jpg', jpeg);
      expect(form.body['duplicateOf']).to.equal(body['id']);
      expect(await sql('select 1 from blob where sha256 = $1', [sha(jpeg)]), 'one blob of equal bytes').to.have.length(1);
    });

    it('checks a few at a time and asks the others to come again', async () => {
      const files = Array.from({ length: 8 }, (_, i) => randomBytes(2 * MIB + i));
      const all = await Promise.all(
        files.map(async (bytes, i) => {
          const opened = await open(bytes, { name: `many-${i}.bin` });
          return { id: opened['id'] as string, sent: await send(opened, bytes) };
        }),
      );
      const statuses = new Set<number>();
      const finish = async ({ id, sent }: (typeof all)[number]): Promise<void> => {
        const { status } = await complete(id, sent);
        statuses.add(status);
        if (status === 423) await finish({ id, sent });
      };
      await Promise.all(all.map(finish));
      expect([...statuses].filter((status) => status !== 423)).to.deep.equal([201]);
    });

    it('completes twice with one asset, also after a crash between joining and committing', async () => {
      const bytes = randomBytes(9000);
      const opened = await open(bytes, { name: 'twice.bin' });
      const sent = await send(opened, bytes);
      // As kill -9 leaves it: the store has joined the parts, the row knows nothing of it.
      const key = (await rowOf(opened['id']))?.key as never;
      const { direct } = server.container.storage;
      await direct?.join({ key, state: {} }, (await direct.parts({ key, state: {} })) ?? []);
      const both = await Promise.all([complete(opened['id'], sent), complete(opened['id'], sent)]);
      const [first] = both.filter(({ status }) => status === 201);
      expect(both.map(({ status }) => status)).to.satisfy((all: number[]) => all.every((one) => one === 201 || one === 423));
      const again = await complete(opened['id'], sent);
      expect([again.status, again.body['id']]).to.deep.equal([201, first?.body['id']]);
      expect(await sql('select 1 from file_version where original_name = $1', ['twice.bin'])).to.have.length(1);
      expect((await abort(opened['id'])).status, 'what is finished is not cancelled').to.equal(409);
      expect((await moreParts(opened['id'])).status).to.equal(409);
    });

    it('refuses a part that is missing or of another length, and goes on when it has come', async () => {
      const opened = await open(large, { name: 'gaps.bin' });
      const [first, second] = opened['parts'] as Json[];
      expect((await put(second?.['url'], large.subarray(0, 999))).status, 'the signature binds the length').to.equal(403);
      expect(await refused(put(second?.['url'].replace('partNumber=2', 'partNumber=3'), large.subarray(16 * MIB)), 403)).to.equal(403);
      const tail = await put(second?.['url'], large.subarray(16 * MIB));
      const parts = [
        { number: 1, etag: tail.headers.get('etag') ?? '' },
        { number: 2, etag: tail.headers.get('etag') ?? '' },
      ];
      const missing = await complete(opened['id'], parts);
      expect([missing.status, missing.body['code'], missing.body['missing'], missing.body['wrong']]).to.deep.equal([
        422,
        'parts_incomplete',
        [1],
        [],
      ]);
      const key = (await rowOf(opened['id']))?.key;
      expect(await bucket.objects()).to.not.include(key);
      const shown = await moreParts(opened['id']);
      expect(shown.body['parts'].map((part: Json) => part['etag'])).to.deep.equal([null, JSON.parse(parts[1]?.etag ?? '""')]);
      const head = await put(first?.['url'], large.subarray(0, 16 * MIB));
      const wrong = await complete(opened['id'], parts);
      expect([wrong.body['code'], wrong.body['missing'], wrong.body['wrong']]).to.deep.equal(['parts_incomplete', [], [1]]);
      const right = [{ number: 1, etag: head.headers.get('etag') ?? '' }, parts[1] as Sent];
      expect((await complete(opened['id'], right.slice(0, 1))).body['wrong'], 'a part the client does not name').to.deep.equal([2]);
      const done = await complete(opened['id'], right);
      expect([done.status, done.body['sha256']]).to.deep.equal([201, sha(large)]);
    });

    it('refuses parts of a wrong size also where the store takes them', async () => {
      const opened = await open(large, { name: 'short.bin' });
      const { direct } = server.container.storage;
      const key = (await rowOf(opened['id']))?.key as never;
      // A store that does not look at the signed length: the same parts, each of 1,000 bytes.
      const urls = await direct?.addresses(
        { key, state: {} },
        [
          { number: 1, bytes: 1000 },
          { number: 2, bytes: 1000 },
        ],
        60,
      );
      const sent: Sent[] = [];
      for (const [i, url] of (urls ?? []).entries()) {
        sent.push({ number: i + 1, etag: (await put(url, large.subarray(0, 1000))).headers.get('etag') ?? '' });
      }
      const refused = await complete(opened['id'], sent);
      expect([refused.status, refused.body['code'], refused.body['wrong']]).to.deep.equal([422, 'parts_incomplete', [1, 2]]);
      expect(await bucket.objects()).to.not.include(key);
      expect((await abort(opened['id'])).status).to.equal(204);
      await expectGone(key);
    });

    it('refuses other bytes than those of the declared SHA-256 and removes them', async () => {
      const bytes = randomBytes(5000);
      for (const [wish, more] of [
        [{ sha256: sha(randomBytes(10)) }, {}],
        [{}, { sha256: sha(randomBytes(10)) }],
        [{ sha256: sha(bytes) }, { sha256: sha(randomBytes(10)) }],
      ] as Json[][]) {
        const opened = await open(bytes, { name: 'lie.bin', ...wish });
        const sent = await send(opened, bytes);
        const refused = await complete(opened['id'], sent, more);
        expect([refused.status, refused.body['code']]).to.deep.equal([422, 'hash_mismatch']);
        const row = await rowOf(opened['id']);
        expect(row?.state).to.equal('expired');
        await expectGone(row?.key);
        expect((await complete(opened['id'], sent)).status, 'and it is over').to.equal(404);
      }
      expect(await sql('select 1 from file_version where original_name = $1', ['lie.bin'])).to.deep.equal([]);
      const honest = await open(bytes, { name: 'honest.bin', sha256: sha(bytes).toUpperCase() });
      expect((await complete(honest['id'], await send(honest, bytes), { sha256: sha(bytes) })).status).to.equal(201);
    });

    it('ends with an abort, after which nothing makes it whole', async () => {
      const opened = await open(large, { name: 'aborted.bin' });
      const sent = await send(opened, large);
      const key = (await rowOf(opened['id']))?.key;
      expect((await abort(opened['id'])).status).to.equal(204);
      await expectGone(key);
      expect(await refused(put(opened['parts'][1].url, large.subarray(16 * MIB)), 404), 'its addresses lead nowhere').to.equal(404);
      expect((await complete(opened['id'], sent)).status).to.equal(404);
      expect((await moreParts(opened['id'])).status).to.equal(404);
      expect((await abort(opened['id'])).status).to.equal(404);
    });

    it('loses an upload that the store has given up, and never takes it for complete', async () => {
      const opened = await open(large, { name: 'lifecycle.bin' });
      const sent = await send(opened, large);
      const key = (await rowOf(opened['id']))?.key ?? '';
      const inner = await bucket.open();
      const { UploadId = '' } = (await bucket.uploads()).find(({ Key }) => Key === key) ?? {};
      const { AbortMultipartUploadCommand } = await import('@aws-sdk/client-s3');
      await bucket.client.send(new AbortMultipartUploadCommand({ Bucket: bucket.name, Key: key, UploadId }));
      const lost = await complete(opened['id'], sent);
      expect([lost.status, lost.body['code']]).to.deep.equal([410, 'draft_gone']);
      expect(await inner.head(key as never)).to.equal(null);
      await inner.close();
      expect((await abort(opened['id'])).status).to.equal(204);
    });

    it('is not there for tus, nor a tus upload for it', async () => {
      const tus = { 'Tus-Resumable': '1.0.0' };
      const opened = await open(large, { name: 'mixed.bin' });
      await put(opened['parts'][0].url, large.subarray(0, 16 * MIB));
      const path = `/api/v1/uploads/${opened['id']}`;
      expect((await editor(path, { method: 'HEAD', headers: tus })).status).to.equal(404);
      expect((await editor(path, { method: 'DELETE', headers: tus })).status).to.equal(404);
      const patch = { ...tus, 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' };
      expect((await editor(path, { method: 'PATCH', headers: patch, body: 'x' })).status).to.equal(404);
      const key = (await rowOf(opened['id']))?.key as never;
      for (const work of [server.container.storage.stat({ key, state: {} }), server.container.storage.complete({ key, state: {} })]) {
        expect(await work.catch((error: Json) => error['code'])).to.equal('draft_gone');
      }
      expect(await bucket.objects()).to.not.include(key);
      await abort(opened['id']);
      const made = await editor('/api/v1/uploads', { method: 'POST', headers: { ...tus, 'Upload-Length': '10' } });
      const id = (made.headers.get('location') ?? '').split('/').at(-1) ?? '';
      expect([(await moreParts(id)).status, (await abort(id)).status]).to.deep.equal([404, 404]);
      expect((await complete(id, [{ number: 1, etag: 'x' }])).status).to.equal(404);
    });

    it('asks quota, size and names as every upload does, and holds what was announced', async () => {
      const [used] = await sql<{ bytes: number }>('select used_bytes::float8 as bytes from workspace');
      const [reserved] = await sql<{ bytes: number }>(
        `select coalesce(sum(declared_bytes), 0)::float8 as bytes from upload where state in ('open', 'receiving', 'committing')`,
      );
      await sql('update workspace set quota_bytes = $1', [(used?.bytes ?? 0) + (reserved?.bytes ?? 0) + 5000]);
      try {
        const over = await post('', { name: 'big.bin', bytes: 6000 });
        expect([over.status, over.body['code']]).to.deep.equal([413, 'quota_exceeded']);
        const opened = await open(Buffer.alloc(4000));
        expect((await post('', { name: 'second.bin', bytes: 4000 })).body['code'], 'the first one is reserved').to.equal('quota_exceeded');
        await abort(opened['id']);
        expect((await abort((await open(Buffer.alloc(4000)))['id'])).status).to.equal(204);
      } finally {
        await sql('update workspace set quota_bytes = null');
      }
      expect((await post('', { name: 'huge.bin', bytes: 2 ** 52 })).body['code']).to.equal('payload_too_large');
      for (const wish of [
        { name: '', bytes: 1 },
        { name: 'x', bytes: 0 },
        { name: 'x', bytes: 1, sha256: 'abc' },
        { name: 'x', bytes: 1.5 },
        { bytes: 1 },
      ]) {
        expect((await post('', wish)).status, JSON.stringify(wish)).to.equal(400);
      }
      expect((await post('', { name: 'x', bytes: 1, metadata: { title: 'a\u0000b' } })).status).to.equal(400);
      const bytes = randomBytes(100);
      await upload(editor, 'taken.bin', bytes);
      const taken = await open(bytes, { name: 'taken.bin', onConflict: 'fail' });
      const refused = await complete(taken['id'], await send(taken, bytes));
      expect([refused.status, refused.body['code']]).to.deep.equal([409, 'name_taken']);
      const key = (await rowOf(taken['id']))?.key;
      expect((await abort(taken['id'])).status).to.equal(204);
      await expectGone(key);
    });

    it('is a stranger’s to nobody', async () => {
      const bytes = randomBytes(100);
      const opened = await open(bytes, { name: 'mine.bin' });
      const sent = await send(opened, bytes);
      const other = await server.as('editor');
      for (const api of [other.api, server.api]) {
        expect((await moreParts(opened['id'], 1, api)).status).to.equal(404);
        expect((await complete(opened['id'], sent, {}, api)).status).to.equal(404);
        expect((await abort(opened['id'], api)).status).to.equal(404);
      }
      const viewer = await server.as('viewer');
      expect((await post('', { name: 'x.bin', bytes: 10 }, viewer.api)).status).to.be.oneOf([403, 404]);
      const reader = await server.as('editor', ['assets:read']);
      expect((await post('', { name: 'x.bin', bytes: 10 }, reader.api)).body['code']).to.equal('scope_missing');
      expect((await complete(opened['id'], sent)).status).to.equal(201);
    });

    it('gives no more addresses to whoever has lost the right to create', async () => {
      const person = await server.as('editor');
      const opened = await open(large, { name: 'revoked.bin' }, person.api);
      await server.container.identity.members.update(server.ctx, person.userId, { role: 'viewer' });
      expect((await moreParts(opened['id'], 1, person.api)).status).to.be.oneOf([403, 404]);
    });

    it('gives addresses in batches for files of many parts', async () => {
      const { body } = await post('', { name: 'many.bin', bytes: 120 * 16 * MIB + 1 });
      expect([body['partCount'], body['parts'].length, body['next']]).to.deep.equal([121, 50, 51]);
      const third = await moreParts(body['id'], 101);
      expect(third.body['parts'].map((part: Json) => part['number'])).to.deep.equal(Array.from({ length: 21 }, (_, i) => 101 + i));
      expect([third.body['parts'].at(-1).bytes, third.body['next']]).to.deep.equal([1, null]);
      expect((await moreParts(body['id'], 122)).status).to.equal(400);
      expect((await abort(body['id'])).status).to.equal(204);
    });

    it('sweeps what ran out and what no row knows', async () => {
      const opened = await open(large, { name: 'late.bin' });
      await send(opened, large);
      const key = (await rowOf(opened['id']))?.key;
      // As a crash between the store and the row leaves it.
      const orphan = `originals/${server.ctx.workspaceId}/${opened['id']}` as never;
      await server.container.storage.direct?.open(orphan);
      const swept = await sweepAt(6 * 24);
      expect([swept.expired, swept.drafts]).to.deep.equal([0, 1]);
      await expectGone(orphan);
      expect(await bucket.uploads()).to.deep.include({
        Key: key,
        UploadId: (await bucket.uploads()).find(({ Key }) => Key === key)?.UploadId,
      });
      expect((await sweepAt(8 * 24)).expired).to.be.at.least(1);
      await expectGone(key);
      expect((await moreParts(opened['id'])).status).to.equal(404);
      expect(await refused(put(opened['parts'][1].url, large.subarray(16 * MIB)), 404)).to.equal(404);
    });

    it('is not offered where clients do not reach the store', async () => {
      const inner = await startServer({ env: environment({ S3_PUBLIC_ENDPOINT: '' }), work: false });
      try {
        const { status, body } = await post('', { name: 'x.bin', bytes: 10 }, inner.api);
        expect([status, body['code']]).to.deep.equal([422, 'direct_upload_unavailable']);
      } finally {
        await inner.close();
      }
    });
  });
});

describe('upload straight to the store, with none that clients reach', () => {
  it('says so, and leaves nothing behind', async () => {
    const server = await startServer({ work: false });
    try {
      const answer = await server.api('/api/v1/uploads/direct', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ name: 'x.bin', bytes: 10 }),
      });
      expect([answer.status, ((await answer.json()) as Json)['code']]).to.deep.equal([422, 'direct_upload_unavailable']);
      expect(await server.container.database.sql.query({}, 'select 1 from upload')).to.deep.equal([]);
    } finally {
      await server.close();
    }
  });
});
