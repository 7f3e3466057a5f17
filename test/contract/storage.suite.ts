import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect } from 'chai';
import { DamsonError } from '../../src/errors.ts';
import { keys } from '../../src/platform/storage/keys.ts';
import type { Key, Storage } from '../../src/platform/storage/storage.ts';

/** What every storage promises, as a function run on each implementation. */

export interface Subject {
  /** Another instance on the same objects, as after a restart. */
  again(): Promise<Storage>;
  /** Takes the store away, and brings it back. */
  outage(): Promise<() => Promise<void>>;
  remove(): Promise<void>;
}

export const bytes = (size: number): Buffer => randomBytes(size);
export const sha = (data: Buffer): string => createHash('sha256').update(data).digest('hex');
export const original = (name: string): Key => keys.original('w1', name);

export async function failure(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return error instanceof DamsonError ? error.code : String(error);
  }
  return 'nothing was thrown';
}

export async function content(storage: Storage, key: Key, range?: { start: number; end: number }): Promise<Buffer | null> {
  const body = await storage.read(key, range);
  return body === null ? null : buffer(body.stream);
}

export async function listed(storage: Storage, prefix: string): Promise<string[]> {
  const found: string[] = [];
  for await (const info of storage.list(prefix)) found.push(`${info.key} ${info.bytes}`);
  return found.sort();
}

/** Sends `data` and then breaks, as a dropped connection does. */
export function broken(data: Buffer): Readable {
  return Readable.from(
    (async function* () {
      yield data;
      await new Promise(setImmediate);
      throw new Error('connection lost');
    })(),
  );
}

/** What every storage promises. */
export function describeStorage(name: string, make: () => Promise<Subject>): void {
  describe(`storage contract: ${name}`, () => {
    let subject: Subject;
    let storage: Storage;

    beforeEach(async () => {
      subject = await make();
      storage = await subject.again();
    });
    afterEach(async () => {
      await storage.close();
      await subject.remove();
    });

    it('keeps a draft invisible until it is complete', async () => {
      const data = bytes(3_000_000);
      const draft = await storage.open(original('a'));
      expect(await storage.stat(draft)).to.equal(0);
      expect(await storage.append(draft, 0, Readable.from([data.subarray(0, 1_000_000)]))).to.equal(1_000_000);
      expect(await storage.head(original('a'))).to.equal(null);
      expect(await storage.read(original('a'))).to.equal(null);
      expect(await listed(storage, 'originals/')).to.deep.equal([]);
      expect(await storage.append(draft, 1_000_000, Readable.from([data.subarray(1_000_000)]))).to.equal(data.length);
      const info = await storage.complete(draft);
      expect(info).to.include({ key: 'originals/w1/a', bytes: data.length });
      expect(sha((await content(storage, original('a'))) ?? Buffer.alloc(0))).to.equal(sha(data));
    });

    it('keeps many small and odd chunks in order', async () => {
      const chunks = Array.from({ length: 3_000 }, (_, i) => bytes((i * 7919) % 1_300));
      const draft = await storage.open(original('chunks'));
      const total = await storage.append(draft, 0, Readable.from(chunks));
      await storage.complete(draft);
      expect(total).to.equal(Buffer.concat(chunks).length);
      expect(sha((await content(storage, original('chunks'))) ?? Buffer.alloc(0))).to.equal(sha(Buffer.concat(chunks)));
    });

    it('keeps what arrived before the stream broke', async () => {
      const data = bytes(500_000);
      const draft = await storage.open(original('broken'));
      const end = await storage.append(draft, 0, broken(data.subarray(0, 200_000)));
      expect(end).to.equal(200_000);
      expect(await storage.stat(draft)).to.equal(200_000);
      expect(await storage.append(draft, end, Readable.from([data.subarray(end)]))).to.equal(data.length);
      await storage.complete(draft);
      expect(sha((await content(storage, original('broken'))) ?? Buffer.alloc(0))).to.equal(sha(data));
    });

    it('refuses a wrong offset and keeps the draft as it was', async () => {
      const draft = await storage.open(original('offset'));
      await storage.append(draft, 0, Readable.from([bytes(10)]));
      expect(await failure(storage.append(draft, 0, Readable.from([bytes(5)])))).to.equal('offset_conflict');
      expect(await failure(storage.append(draft, 11, Readable.from([bytes(5)])))).to.equal('offset_conflict');
      expect(await storage.stat(draft)).to.equal(10);
    });

    it('takes one of two appends at the same time', async () => {
      const draft = await storage.open(original('parallel'));
      const slow = new PassThrough();
      const first = storage.append(draft, 0, slow);
      slow.write(bytes(100));
      const second = await failure(storage.append(draft, 0, Readable.from([bytes(100)])));
      slow.end();
      expect(await first).to.equal(100);
      expect(second).to.equal('offset_conflict');
      expect(await storage.stat(draft)).to.equal(100);
    });

    it('goes on in another process with nothing but the stored draft', async () => {
      const data = bytes(40_000);
      const draft = await storage.open(original('resume'));
      await storage.append(draft, 0, Readable.from([data.subarray(0, 15_000)]));
      const kept = JSON.parse(JSON.stringify(draft)) as typeof draft;
      const other = await subject.again();
      expect(await other.stat(kept)).to.equal(15_000);
      await other.append(kept, 15_000, Readable.from([data.subarray(15_000)]));
      await other.complete(kept);
      expect(sha((await content(storage, original('resume'))) ?? Buffer.alloc(0))).to.equal(sha(data));
      await other.close();
    });

    it('completes twice with the same answer, also in another process', async () => {
      const draft = await storage.open(original('twice'));
      await storage.append(draft, 0, Readable.from([bytes(77)]));
      const first = await storage.complete(draft);
      const other = await subject.again();
      const second = await other.complete(draft);
      expect([second.key, second.bytes]).to.deep.equal([first.key, first.bytes]);
      expect(await failure(storage.stat(draft))).to.equal('draft_gone');
      await other.close();
    });

    it('never takes an aborted draft for a complete one', async () => {
      const draft = await storage.open(original('aborted'));
      await storage.append(draft, 0, Readable.from([bytes(9)]));
      await storage.abort(draft);
      await storage.abort(draft);
      expect(await failure(storage.stat(draft))).to.equal('draft_gone');
      expect(await failure(storage.complete(draft))).to.equal('draft_gone');
      expect(await failure(storage.append(draft, 9, Readable.from([bytes(1)])))).to.equal('draft_gone');
      expect(await storage.head(original('aborted'))).to.equal(null);
    });

    it('completes an empty object', async () => {
      const draft = await storage.open(original('empty'));
      expect((await storage.complete(draft)).bytes).to.equal(0);
      const body = await storage.read(original('empty'));
      expect(body?.bytes).to.equal(0);
      expect((await content(storage, original('empty')))?.length).to.equal(0);
    });

    it('puts a buffer and a stream', async () => {
      const data = bytes(2_500_000);
      const one = keys.derived('w1', 'b1', 'r1', 'webp');
      const two = keys.derived('w1', 'b1', 'r2', 'webp');
      expect((await storage.put(one, data)).bytes).to.equal(data.length);
      expect((await storage.put(two, Readable.from([data.subarray(0, 999), data.subarray(999)]))).bytes).to.equal(data.length);
      expect(sha((await content(storage, one)) ?? Buffer.alloc(0))).to.equal(sha(data));
      expect(sha((await content(storage, two)) ?? Buffer.alloc(0))).to.equal(sha(data));
    });

    it('puts what can be made again beside what must last', async () => {
      const [first, second] = [keys.derived('w1', 'b7', 'r1', 'webp'), keys.derived('w1', 'b7', 'r2', 'webp')];
      expect((await storage.put(first, bytes(40), { durable: false })).bytes).to.equal(40);
      expect((await storage.put(second, bytes(41))).bytes).to.equal(41);
      expect([(await content(storage, first))?.length, (await content(storage, second))?.length]).to.deep.equal([40, 41]);
      await storage.remove([first, second]);
      await storage.put(first, bytes(42), { durable: false });
      expect((await content(storage, first))?.length, 'in a folder that had gone').to.equal(42);
    });

    it('leaves nothing of a put whose stream broke, and keeps the object that was there', async () => {
      const key = keys.derived('w1', 'b1', 'whole', 'webp');
      expect(await failure(storage.put(key, broken(bytes(1_000))))).to.contain('connection lost');
      expect(await storage.head(key)).to.equal(null);
      const kept = bytes(20);
      await storage.put(key, kept);
      await failure(storage.put(key, broken(bytes(1_000))));
      expect(await content(storage, key)).to.deep.equal(kept);
      expect(await listed(storage, '')).to.have.length(1);
    });

    it('keeps one whole object of many puts at once', async () => {
      const key = keys.derived('w1', 'b1', 'race', 'webp');
      const bodies = Array.from({ length: 8 }, (_, i) => Buffer.alloc(300_000, i));
      await Promise.all(bodies.map((body) => storage.put(key, Readable.from([body.subarray(0, 1_000), body.subarray(1_000)]))));
      const found = (await content(storage, key)) ?? Buffer.alloc(0);
      expect(bodies.some((body) => body.equals(found))).to.equal(true);
    });

    it('reads ranges', async () => {
      const data = bytes(1_000_000);
      await storage.put(original('range'), data);
      const body = await storage.read(original('range'), { start: 999_990, end: 999_999 });
      expect(body?.range).to.deep.equal({ start: 999_990, end: 999_999 });
      expect(body?.bytes).to.equal(data.length);
      expect(body === null ? null : await buffer(body.stream)).to.deep.equal(data.subarray(999_990));
      expect(await content(storage, original('range'), { start: 0, end: 0 })).to.deep.equal(data.subarray(0, 1));
      expect(await content(storage, original('range'), { start: 5, end: 700_004 })).to.deep.equal(data.subarray(5, 700_005));
    });

    it('tells what is there, lists by prefix and removes', async () => {
      await storage.put(original('x'), bytes(3));
      await storage.put(keys.derived('w1', 'b1', 'h1', 'avif'), bytes(4));
      await storage.put(keys.derived('w1', 'b2', 'h2', 'webp'), bytes(5));
      await storage.put(keys.derived('w2', 'b3', 'h3', 'webp'), bytes(6));
      expect((await storage.head(original('x')))?.bytes).to.equal(3);
      expect((await storage.head(original('x')))?.modifiedAt).to.be.instanceOf(Date);
      expect(await listed(storage, '')).to.have.length(4);
      expect(await listed(storage, keys.derivedPrefix)).to.have.length(3);
      expect(await listed(storage, 'derived/w1/')).to.deep.equal(['derived/w1/b1/h1.avif 4', 'derived/w1/b2/h2.webp 5']);
      expect(await listed(storage, 'derived/w1/b2')).to.deep.equal(['derived/w1/b2/h2.webp 5']);
      expect(await listed(storage, 'nothing/')).to.deep.equal([]);
      await storage.remove([original('x'), original('never'), keys.derived('w1', 'b1', 'h1', 'avif')]);
      expect(await storage.head(original('x'))).to.equal(null);
      expect(await listed(storage, 'derived/w1/b1/')).to.deep.equal([]);
      await storage.put(keys.derived('w1', 'b1', 'h9', 'avif'), bytes(4));
      expect(await listed(storage, 'derived/w1/b1/')).to.deep.equal(['derived/w1/b1/h9.avif 4']);
    });

    it('lists drafts that wait, to go on with or to abort, and nothing else', async () => {
      const drafts = async (prefix: string) => {
        const found = [];
        for await (const draft of storage.drafts(prefix)) found.push(draft);
        return found;
      };
      const [open, done, aborted] = [original('open'), original('done'), original('aborted')];
      await storage.append(await storage.open(open), 0, Readable.from([bytes(7)]));
      await storage.complete(await storage.open(done));
      await storage.abort(await storage.open(aborted));
      await storage.put(original('put'), bytes(3));
      const [found, ...others] = await drafts(keys.originalsPrefix);
      expect([found?.key, others]).to.deep.equal([open, []]);
      expect(found?.modifiedAt).to.be.instanceOf(Date);
      expect(await drafts('originals/w2/')).to.deep.equal([]);
      if (found) {
        expect(await storage.stat(found)).to.equal(7);
        await storage.abort(found);
      }
      expect(await drafts(keys.originalsPrefix)).to.deep.equal([]);
    });

    it('lends a local file', async () => {
      const data = bytes(321);
      await storage.put(original('local'), data);
      expect(await storage.withLocalFile(original('local'), (path) => readFile(path))).to.deep.equal(data);
      let called = false;
      expect(await storage.withLocalFile(original('none'), async () => (called = true))).to.equal(null);
      expect(called).to.equal(false);
    });

    it('describes itself', async () => {
      const { engine, latencyMs, freeBytes } = await storage.describe();
      expect(engine).to.be.a('string');
      expect(latencyMs).to.be.at.least(0);
      expect(freeBytes === null || freeBytes > 0).to.equal(true);
    });

    it('throws when the store is away, and works again when it is back', async () => {
      await storage.put(original('x'), bytes(3));
      const draft = await storage.open(original('draft'));
      const restore = await subject.outage();
      const attempts = {
        read: storage.read(original('x')),
        absent: storage.read(original('absent')),
        head: storage.head(original('x')),
        put: storage.put(original('y'), bytes(3)),
        open: storage.open(original('z')),
        stat: storage.stat(draft),
        complete: storage.complete(draft),
        append: storage.append(draft, 0, Readable.from([bytes(1)])),
        remove: storage.remove([original('x')]),
        list: listed(storage, 'originals/'),
        drafts: storage.drafts('originals/')[Symbol.asyncIterator]().next(),
        describe: storage.describe(),
      };
      const codes = await Promise.all(Object.entries(attempts).map(async ([verb, work]) => [verb, await failure(work)]));
      await restore();
      expect(Object.fromEntries(codes)).to.deep.equal(Object.fromEntries(Object.keys(attempts).map((verb) => [verb, 'unavailable'])));
      expect((await storage.head(original('x')))?.bytes).to.equal(3);
      expect(await storage.head(original('y'))).to.equal(null);
      expect(await storage.append(draft, 0, Readable.from([bytes(2)]))).to.equal(2);
    });
  });
}
