import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import * as s3 from '@aws-sdk/client-s3';
import { expect } from 'chai';
import { keys } from '../../src/platform/storage/keys.ts';
import type { S3Storage } from '../../src/platform/storage/s3.ts';
import type { Draft, Key } from '../../src/platform/storage/storage.ts';
import { onEngine } from '../support/engines.ts';
import { makeBucket, S3_VARIABLES, type TestBucket } from '../support/s3.ts';
import { until } from '../support/until.ts';
import { broken, bytes, content, describeStorage, failure, listed, original, sha } from './storage.suite.ts';
import { makeS3 } from './storage-subjects.ts';

const MIB = 2 ** 20;

onEngine('S3', S3_VARIABLES, () => {
  describeStorage('s3', makeS3);

  describe('storage on S3: uploads', () => {
    let bucket: TestBucket;
    let storage: S3Storage;

    beforeEach(async () => {
      bucket = await makeBucket();
      storage = await bucket.open();
    });
    afterEach(async () => {
      await storage.close();
      await bucket.remove();
    });

    const send = async (draft: Draft, data: Buffer, offset: number, piece: number): Promise<number> => {
      let at = offset;
      while (at < data.length) at = await storage.append(draft, at, Readable.from([data.subarray(at, at + piece)]));
      return at;
    };

    it('keeps parts in the upload and the rest in a side object, and nothing of either when it is complete', async () => {
      const data = bytes(13 * MIB + 77);
      const draft = await storage.open(original('parts'));
      expect(await send(draft, data, 0, 4 * MIB - 3)).to.equal(data.length);
      expect(await bucket.objects()).to.deep.equal(['drafts/originals/w1/parts']);
      const [upload] = await bucket.uploads();
      const parts = await bucket.client.send(new s3.ListPartsCommand({ Bucket: bucket.name, ...(upload ?? { Key: '', UploadId: '' }) }));
      expect(parts.Parts?.map(({ Size }) => Size)).to.deep.equal([5 * MIB, 5 * MIB]);
      expect(await listed(storage, '')).to.deep.equal([]);
      expect((await storage.complete(draft)).bytes).to.equal(data.length);
      expect(await bucket.objects()).to.deep.equal(['originals/w1/parts']);
      expect(await bucket.uploads()).to.deep.equal([]);
      expect(sha((await content(storage, original('parts'))) ?? Buffer.alloc(0))).to.equal(sha(data));
    });

    for (const size of [0, 1, 5 * MIB - 1, 5 * MIB, 5 * MIB + 1, 10 * MIB]) {
      it(`completes ${size} bytes, and again when the first answer was lost`, async () => {
        const data = bytes(size);
        const draft = await storage.open(original('sizes'));
        await storage.append(draft, 0, Readable.from([data]));
        expect((await storage.complete(draft)).bytes).to.equal(size);
        expect((await storage.complete(draft)).bytes).to.equal(size);
        expect(await failure(storage.stat(draft))).to.equal('draft_gone');
        expect(sha((await content(storage, original('sizes'))) ?? Buffer.alloc(1))).to.equal(sha(data));
      });
    }

    it('goes on after a complete that stopped between the last part and the object', async () => {
      const data = bytes(6 * MIB);
      const draft = await storage.open(original('half'));
      await storage.append(draft, 0, Readable.from([data]));
      const [upload = { Key: '', UploadId: '' }] = await bucket.uploads();
      const tail = data.subarray(5 * MIB);
      await bucket.client.send(new s3.UploadPartCommand({ Bucket: bucket.name, ...upload, PartNumber: 2, Body: tail }));
      expect(await storage.stat(draft)).to.equal(6 * MIB);
      const more = bytes(7 * MIB);
      expect(await storage.append(draft, 6 * MIB, Readable.from([more]))).to.equal(13 * MIB);
      await storage.complete(draft);
      expect(sha((await content(storage, original('half'))) ?? Buffer.alloc(0))).to.equal(sha(Buffer.concat([data, more])));
    });

    it('counts a part that was written before the process died, and not the side object that is in it', async () => {
      const data = bytes(9 * MIB);
      const draft = await storage.open(original('died'));
      await storage.append(draft, 0, Readable.from([data.subarray(0, 6 * MIB)]));
      const [upload = { Key: '', UploadId: '' }] = await bucket.uploads();
      const second = Buffer.concat([data.subarray(5 * MIB), bytes(MIB)]);
      await bucket.client.send(new s3.UploadPartCommand({ Bucket: bucket.name, ...upload, PartNumber: 2, Body: second }));
      const other = await bucket.open();
      expect(await other.stat(draft)).to.equal(10 * MIB);
      expect((await other.complete(draft)).bytes).to.equal(10 * MIB);
      await other.close();
    });

    it('rather loses an upload whose parts do not add up than completes it', async () => {
      const draft = await storage.open(original('mixed'));
      await storage.append(draft, 0, Readable.from([bytes(11 * MIB)]));
      const [upload = { Key: '', UploadId: '' }] = await bucket.uploads();
      await bucket.client.send(new s3.UploadPartCommand({ Bucket: bucket.name, ...upload, PartNumber: 2, Body: bytes(5 * MIB + 1) }));
      expect(await failure(storage.complete(draft))).to.equal('draft_gone');
      expect(await storage.head(original('mixed'))).to.equal(null);
    });

    it('takes an upload that the store has aborted for gone, never for complete', async () => {
      const draft = await storage.open(original('expired'));
      await storage.append(draft, 0, Readable.from([bytes(7 * MIB)]));
      const [upload = { Key: '', UploadId: '' }] = await bucket.uploads();
      await bucket.client.send(new s3.AbortMultipartUploadCommand({ Bucket: bucket.name, ...upload }));
      expect(await failure(storage.stat(draft))).to.equal('draft_gone');
      expect(await failure(storage.append(draft, 7 * MIB, Readable.from([bytes(1)])))).to.equal('draft_gone');
      expect(await failure(storage.complete(draft))).to.equal('draft_gone');
      expect(await storage.head(original('expired'))).to.equal(null);
      await storage.abort(draft);
      expect(await bucket.objects()).to.deep.equal([]);
    });

    it('gives back everything of an aborted upload', async () => {
      const draft = await storage.open(original('aborted'));
      await storage.append(draft, 0, Readable.from([bytes(12 * MIB)]));
      await storage.abort(draft);
      expect([await bucket.objects(), await bucket.uploads()]).to.deep.equal([[], []]);
    });

    it('keeps what a broken body brought, parts and rest', async () => {
      const data = bytes(8 * MIB);
      const draft = await storage.open(original('broken'));
      const end = await storage.append(draft, 0, broken(data.subarray(0, 6 * MIB + 5)));
      expect(end).to.equal(6 * MIB + 5);
      const kept = await storage.open(original('broken'));
      expect(await storage.stat(kept)).to.equal(end);
      await storage.append(kept, end, Readable.from([data.subarray(end)]));
      await storage.complete(kept);
      expect(sha((await content(storage, original('broken'))) ?? Buffer.alloc(0))).to.equal(sha(data));
    });

    it('puts a stream of unknown length in parts, and nothing of one that breaks', async () => {
      const data = bytes(11 * MIB);
      const pieces = Array.from({ length: 11 }, (_, i) => data.subarray(i * MIB, (i + 1) * MIB));
      expect((await storage.put(original('long'), Readable.from(pieces))).bytes).to.equal(data.length);
      expect(sha((await content(storage, original('long'))) ?? Buffer.alloc(0))).to.equal(sha(data));
      expect(await failure(storage.put(original('cut'), broken(bytes(7 * MIB))))).to.contain('connection lost');
      expect(await storage.head(original('cut'))).to.equal(null);
      expect(await bucket.uploads()).to.deep.equal([]);
    });

    it('lists and removes more than a page', async () => {
      const many = Array.from({ length: 1_050 }, (_, i) => keys.derived('w1', `b${i % 7}`, `h${i}`, 'webp'));
      for (let at = 0; at < many.length; at += 50)
        await Promise.all(many.slice(at, at + 50).map((key) => storage.put(key, Buffer.from('x'))));
      expect(await listed(storage, 'derived/')).to.have.length(many.length);
      await storage.remove(many);
      expect(await listed(storage, 'derived/')).to.deep.equal([]);
    });

    it('makes addresses for downloads by others', async () => {
      const data = bytes(1000);
      await storage.put(original('sent'), data);
      const url = await storage.presignedGet?.(original('sent'), { filename: 'Größe "1".jpg', mime: 'image/jpeg', seconds: 60 });
      const answer = await fetch(url ?? '');
      expect(answer.status).to.equal(200);
      expect(Buffer.from(await answer.arrayBuffer())).to.deep.equal(data);
      expect(answer.headers.get('content-type')).to.equal('image/jpeg');
      expect(answer.headers.get('content-disposition')).to.match(/^attachment; filename=.*filename\*=UTF-8''Gr%C3%B6/);
      expect(new URL(url ?? '').searchParams.get('X-Amz-Expires')).to.equal('60');
      expect((await fetch((url ?? '').replace('/sent?', '/other?'))).status).to.equal(403);
    });

    describe('of parts that clients send', () => {
      const KEY = original('direct');
      const data = bytes(6 * MIB);
      const open = async () => {
        await storage.close();
        storage = await bucket.open({ publicEndpoint: bucket.options.endpoint });
        expect(storage.features.presignedPut).to.equal(true);
        return (storage.direct ?? expect.fail('no direct uploads')) as NonNullable<typeof storage.direct>;
      };
      const put = (url: string | undefined, body: Buffer) => fetch(url ?? '', { method: 'PUT', body: new Uint8Array(body) });
      const lengths = [
        { number: 1, bytes: 5 * MIB },
        { number: 2, bytes: MIB },
      ];

      it('are one object after joining, and none before', async () => {
        const direct = await open();
        const draft = await direct.open(KEY);
        const urls = await direct.addresses(draft, lengths, 60);
        expect((await put(urls[1], data.subarray(0, MIB + 1).subarray(0, 10))).status).to.equal(403);
        expect((await put(urls[0], data.subarray(0, 5 * MIB))).status).to.equal(200);
        expect((await put(urls[1], data.subarray(5 * MIB))).status).to.equal(200);
        expect(await storage.head(KEY)).to.equal(null);
        const parts = (await direct.parts(draft)) ?? [];
        expect(parts.map(({ number, bytes: length }) => ({ number, bytes: length }))).to.deep.equal(lengths);
        const [first, second] = parts as [(typeof parts)[0], (typeof parts)[0]];
        const other = { ...first, etag: 'abcdefabcdefabcdefabcdefabcdefab' };
        expect(await failure(direct.join(draft, [other, second]))).to.equal('conflict');
        expect(await storage.head(KEY)).to.equal(null);
        expect((await direct.join(draft, parts)).bytes).to.equal(data.length);
        expect((await direct.join(draft, parts)).bytes, 'twice').to.equal(data.length);
        expect((await direct.join(draft, [])).bytes, 'and by who knows no parts').to.equal(data.length);
        expect(await direct.parts(draft)).to.equal(null);
        expect(sha((await content(storage, KEY)) ?? Buffer.alloc(0))).to.equal(sha(data));
        expect([await bucket.objects(), await bucket.uploads()]).to.deep.equal([[KEY], []]);
      });

      it('go on after a crash between joining and forgetting', async () => {
        const direct = await open();
        const draft = await direct.open(KEY);
        const [url] = await direct.addresses(draft, [{ number: 1, bytes: 1000 }], 60);
        await put(url, data.subarray(0, 1000));
        const { UploadId = '' } = (await bucket.uploads())[0] ?? {};
        const Parts = ((await direct.parts(draft)) ?? []).map(({ number, etag }) => ({ PartNumber: number, ETag: etag }));
        const at = { Bucket: bucket.name, Key: KEY, UploadId };
        await bucket.client.send(new s3.CompleteMultipartUploadCommand({ ...at, MultipartUpload: { Parts } }));
        expect(await direct.parts(draft)).to.equal(null);
        expect((await direct.join(draft, [])).bytes).to.equal(1000);
        expect(await bucket.objects()).to.deep.equal([KEY]);
      });

      it('never look whole to who did not see them, nor after an abort', async () => {
        const direct = await open();
        const draft = await direct.open(KEY);
        const urls = await direct.addresses(draft, lengths, 60);
        await put(urls[0], data.subarray(0, 5 * MIB));
        const others = [
          () => storage.stat(draft),
          () => storage.append(draft, 5 * MIB, Readable.from([data.subarray(5 * MIB)])),
          () => storage.complete(draft),
        ];
        for (const other of others) expect(await failure(other())).to.contain('draft_gone');
        const drafts: string[] = [];
        for await (const { key } of storage.drafts(keys.originalsPrefix)) drafts.push(key);
        expect(drafts, 'listed like any other').to.deep.equal([KEY]);
        const parts = (await direct.parts(draft)) ?? [];
        await storage.abort(draft);
        // The store may hang up before it has read what it refuses.
        const late = await put(urls[0], data.subarray(0, 5 * MIB)).then(
          ({ status }) => status,
          () => 404,
        );
        expect(late).to.equal(404);
        expect(await direct.parts(draft)).to.equal(null);
        expect(await failure(direct.addresses(draft, lengths, 60))).to.contain('draft_gone');
        for (const some of [parts, []]) expect(await failure(direct.join(draft, some))).to.contain('draft_gone');
        expect([await bucket.objects(), await bucket.uploads()]).to.deep.equal([[], []]);
        const plain = await storage.open(KEY);
        expect(await direct.parts(plain), 'one that goes through us is none of these').to.equal(null);
      });

      it('have addresses that end', async () => {
        const direct = await open();
        const draft = await direct.open(KEY);
        const [url] = await direct.addresses(draft, [{ number: 1, bytes: 10 }], 1);
        await until('the end of the address', async () => (await put(url, data.subarray(0, 10))).status === 403);
        await storage.abort(draft);
      });
    });

    it('lends private copies and removes them', async () => {
      const dir = join(bucket.options.cache.dir, 'tmp');
      const data = bytes(99);
      await storage.put(original('local'), data);
      expect(await storage.withLocalFile(original('local'), (path) => readFile(path))).to.deep.equal(data);
      expect(await failure(storage.withLocalFile(original('local'), () => Promise.reject(new Error('no good'))))).to.contain('no good');
      expect(await readdir(dir)).to.deep.equal([]);
    });

    it('keeps every key in its form', async () => {
      for (const key of [
        '../x',
        'a/../../x',
        '/etc/passwd',
        'a//b',
        'a/.hidden',
        'drafts/originals/w/x',
        'probes/x',
        'plain',
        'a/b\0c',
        '',
      ]) {
        expect(await failure(storage.read(key as Key)), key).to.contain('unsafe key');
        expect(await failure(storage.put(key as Key, Buffer.alloc(1))), key).to.contain('unsafe key');
      }
    });

    it('goes on with an upload whose process was killed in the middle, to the same bytes', async function () {
      this.timeout(600_000);
      const size = Number(process.env.S3_TEST_LARGE_BYTES ?? 40_000_000);
      const data = randomBytes(size);
      const draft = await storage.open(original('large'));
      const child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(new URL('storage-s3.child.ts', import.meta.url))], {
        stdio: ['pipe', 'pipe', 'inherit'],
        env: { ...process.env, STORAGE_UNDER_TEST: JSON.stringify({ ...bucket.options, credentials: null, bucket: bucket.name, draft }) },
      });
      child.stdin.on('error', () => undefined);
      let acknowledged = 0;
      child.stdout.on('data', (line: Buffer) => {
        acknowledged = Math.max(acknowledged, ...line.toString().trim().split('\n').map(Number));
      });
      child.stdin.write(data.subarray(0, Math.floor(size * 0.6)));
      // Killed while there is more to write than was acknowledged.
      await until('the child to acknowledge some bytes', () => acknowledged > size / 5, 120_000);
      child.kill('SIGKILL');
      await once(child, 'exit');
      const stored = await storage.stat(draft);
      expect(stored).to.be.at.least(acknowledged).and.at.most(size);
      expect(await send(draft, data, stored, 7_654_321)).to.equal(size);
      expect((await storage.complete(draft)).bytes).to.equal(size);
      const hash = createHash('sha256');
      const body = await storage.read(original('large'));
      for await (const chunk of (body?.stream ?? []) as AsyncIterable<Buffer>) hash.update(chunk);
      expect(hash.digest('hex')).to.equal(sha(data));
    });
  });

  describe('storage on S3: what the store says of itself', () => {
    let bucket: TestBucket;
    before(async () => {
      bucket = await makeBucket();
    });
    after(() => bucket.remove());

    it('is content with a good store, leaves nothing behind, and knows what it can', async () => {
      const storage = await bucket.open();
      expect(await storage.verify()).to.deep.equal([]);
      expect(await bucket.objects()).to.deep.equal([]);
      expect(await bucket.uploads()).to.deep.equal([]);
      expect(storage.features.conditionalPut).to.equal(true);
      expect((await storage.describe()).engine).to.match(/^s3/);
      await storage.close();
    });

    const wrong = {
      'a missing bucket': { bucket: 'damson-test-never-made', says: /does not exist.*S3_BUCKET/ },
      'an unknown key': { credentials: { accessKeyId: 'nobody', secretAccessKey: { reveal: () => 'x' } }, says: /S3_ACCESS_KEY_ID/ },
      'a wrong secret': { secret: 'wrong', says: /S3_SECRET_ACCESS_KEY/ },
      'another region': { region: 'eu-west-9', says: /S3_REGION/ },
      'a port where nobody listens': { endpoint: 'http://127.0.0.1:9', says: /Nothing listens/ },
      'TLS where there is none': { tls: true, says: /TLS/ },
    } as const;
    for (const [name, { says, ...changed }] of Object.entries(wrong)) {
      it(`names ${name}, and takes it for an outage`, async () => {
        const { credentials, endpoint } = bucket.options;
        const secret =
          'secret' in changed && credentials !== null ? { credentials: { ...credentials, secretAccessKey: { reveal: () => 'x' } } } : {};
        const address = 'tls' in changed ? { endpoint: (endpoint ?? '').replace('http:', 'https:') } : {};
        const storage = await bucket.open({ ...changed, ...secret, ...address });
        const problems = await storage.verify();
        expect(problems).to.have.length(1);
        expect(problems[0]).to.match(says);
        expect(problems[0]).not.to.contain(credentials?.secretAccessKey.reveal());
        const draft = { key: original('d'), state: {} };
        const verbs = [
          storage.read(original('x')),
          storage.head(original('x')),
          storage.put(original('x'), bytes(1)),
          storage.open(original('x')),
        ];
        const others = [
          storage.stat(draft),
          storage.complete(draft),
          storage.remove([original('x')]),
          storage.describe(),
          listed(storage, ''),
        ];
        const codes = await Promise.all([...verbs, ...others].map(failure));
        expect(new Set(codes)).to.deep.equal(new Set(['unavailable']));
        await storage.close();
      });
    }
  });
});
