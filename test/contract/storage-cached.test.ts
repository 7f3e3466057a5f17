import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import { silentLog } from '../../src/platform/log.ts';
import { createCachedStorage } from '../../src/platform/storage/cached.ts';
import { keys } from '../../src/platform/storage/keys.ts';
import type { Key, Storage, StoredBody } from '../../src/platform/storage/storage.ts';
import { onEngine } from '../support/engines.ts';
import { S3_VARIABLES } from '../support/s3.ts';
import { until } from '../support/until.ts';
import { bytes, content, describeStorage, failure, original } from './storage.suite.ts';
import { cached, makeDisk, makeS3 } from './storage-subjects.ts';

describeStorage('disk behind a cache', async () => cached(await makeDisk()));
onEngine('S3', S3_VARIABLES, () => describeStorage('s3 behind a cache', async () => cached(await makeS3())));

describe('storage behind a cache', () => {
  let base: string;
  let remote: Storage & { reads: Key[]; broken: boolean };
  const objects = new Map<string, Buffer>();
  const opened: Storage[] = [];

  beforeEach(async () => {
    base = await mkdtemp(join(tmpdir(), 'damson-cache-'));
    objects.clear();
    remote = farAway(objects);
  });
  afterEach(async () => {
    for (const storage of opened.splice(0)) await storage.close();
    await rm(base, { recursive: true, force: true });
  });

  const open = async (size = 10_000_000, dir = base): Promise<Storage> => {
    const storage = await createCachedStorage(remote, { dir, bytes: size, log: silentLog });
    opened.push(storage);
    return storage;
  };
  const put = (name: string, size: number): Key => {
    const key = keys.derived('w', 'b', name, 'webp');
    objects.set(key, bytes(size));
    return key;
  };
  const files = async (): Promise<string[]> => {
    const folders = await readdir(join(base, 'objects'));
    const names = await Promise.all(
      folders.map((folder) => readdir(join(base, 'objects', folder)).then((all) => all.map((name) => join(folder, name)))),
    );
    return names.flat();
  };
  const held = async (): Promise<number> => {
    const sizes = (await files()).map((file) =>
      stat(join(base, 'objects', file)).then(
        ({ size }) => size,
        () => 0, // removed since it was listed
      ),
    );
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  };

  it('asks the storage once, however many ask at once, and serves ranges of the copy', async () => {
    const key = put('once', 300_000);
    const storage = await open();
    const all = await Promise.all(Array.from({ length: 20 }, () => content(storage, key)));
    for (const found of all) expect(found).to.deep.equal(objects.get(key));
    expect(remote.reads).to.deep.equal([key]);
    const part = await storage.read(key, { start: 10, end: 19 });
    expect([part?.bytes, part?.range, part?.modifiedAt.toISOString()]).to.deep.equal([
      300_000,
      { start: 10, end: 19 },
      MODIFIED.toISOString(),
    ]);
    expect(await content(storage, key, { start: 10, end: 19 })).to.deep.equal(objects.get(key)?.subarray(10, 20));
    part?.stream.destroy();
    expect(remote.reads).to.have.length(1);
  });

  it('keeps what it has over a restart', async () => {
    const key = put('kept', 1000);
    await content(await open(), key);
    expect(await content(await open(), key)).to.deep.equal(objects.get(key));
    expect(remote.reads).to.have.length(1);
  });

  it('holds no more than it may, and lets the least recently used go first', async () => {
    const storage = await open(1_000_000);
    const some = Array.from({ length: 9 }, (_, i) => put(`lru${i}`, 100_000));
    for (const key of some) await content(storage, key);
    await content(storage, some[0] ?? original('none'));
    for (let i = 0; i < 3; i++) await content(storage, put(`new${i}`, 100_000));
    await until('the cache to make room', async () => (await held()) <= 1_000_000);
    remote.reads.length = 0;
    await content(storage, some[0] ?? original('none'));
    expect(remote.reads).to.deep.equal([]);
    await content(storage, some[1] ?? original('none'));
    expect(remote.reads).to.deep.equal([some[1]]);
  });

  it('counts what is there at the start and makes room', async () => {
    const first = await open(10_000_000);
    for (let i = 0; i < 8; i++) await content(first, put(`old${i}`, 500_000));
    await open(1_200_000);
    expect(await held()).to.be.at.most(1_200_000);
  });

  it('copies a large object at the second request, and one that is too large never', async () => {
    const storage = await open(80_000_000);
    const [large, huge] = [put('large', 5_000_000), put('huge', 11_000_000)];
    for (let round = 0; round < 3; round++) await content(storage, huge);
    expect(await files()).to.have.length(0);
    await content(storage, large);
    expect(await files()).to.have.length(0);
    await content(storage, large);
    await until('the copy', async () => (await files()).length === 1);
    remote.reads.length = 0;
    expect(await content(storage, large)).to.deep.equal(objects.get(large));
    expect(remote.reads).to.deep.equal([]);
  });

  it('copies a small object of which a part was asked', async () => {
    const storage = await open();
    const key = put('part', 50_000);
    expect(await content(storage, key, { start: 1, end: 3 })).to.deep.equal(objects.get(key)?.subarray(1, 4));
    await until('the copy', async () => (await files()).length === 1);
  });

  it('never serves a part of an object: neither a broken fill nor what a crash left', async () => {
    const key = put('partial', 200_000);
    const storage = await open();
    remote.broken = true;
    expect(await failure(content(storage, key))).to.contain('broke');
    expect(await files()).to.deep.equal([]);
    expect(await readdir(join(base, 'tmp'))).to.deep.equal([]);
    remote.broken = false;
    expect(await content(storage, key)).to.deep.equal(objects.get(key));
    const left = join(base, 'tmp', 'left-by-a-crash');
    await writeFile(left, 'half');
    const again = await open();
    expect(await content(again, key)).to.deep.equal(objects.get(key));
  });

  it('forgets what is removed, also while it is being copied', async () => {
    const key = put('removed', 100_000);
    const storage = await open();
    await content(storage, key);
    await storage.remove([key]);
    expect(await storage.read(key)).to.equal(null);
    const other = put('during', 100_000);
    const reading = content(storage, other);
    await until('the fill to begin', () => remote.reads.includes(other));
    await storage.remove([other]);
    await reading.catch(() => undefined);
    expect(await storage.read(other)).to.equal(null);
    expect(await files()).to.deep.equal([]);
  });

  it('lends copies that outlive their removal, and cleans up after them', async () => {
    const key = put('lent', 70_000);
    const storage = await open();
    const read = await storage.withLocalFile(key, async (path) => {
      await storage.remove([key]);
      return readFile(path);
    });
    expect(read?.length).to.equal(70_000);
    expect(await readdir(join(base, 'tmp'))).to.deep.equal([]);
    expect(await storage.withLocalFile(key, async () => 'called')).to.equal(null);
  });

  it('lends from the copy without asking the storage', async () => {
    const key = put('again', 70_000);
    const storage = await open();
    await storage.withLocalFile(key, async () => 1);
    await storage.withLocalFile(key, async () => 1);
    expect(remote.reads).to.deep.equal([key]);
  });

  it('lends what is too large to keep', async () => {
    const key = put('big', 2_000_000);
    const storage = await open(8_000_000);
    expect((await storage.withLocalFile(key, (path) => readFile(path)))?.equals(objects.get(key) ?? Buffer.alloc(0))).to.equal(true);
    expect(await files()).to.deep.equal([]);
    expect(await readdir(join(base, 'tmp'))).to.deep.equal([]);
  });

  it('works without its folder', async () => {
    const key = put('without', 5_000);
    const blocked = join(base, 'blocked');
    await writeFile(blocked, 'a file where the folder should be');
    const storage = await open(1_000_000, blocked);
    expect(await content(storage, key)).to.deep.equal(objects.get(key));
    expect(await content(storage, key)).to.deep.equal(objects.get(key));
  });

  it('leaves what another process is using', async () => {
    await mkdir(join(base, 'tmp'), { recursive: true });
    await writeFile(join(base, 'tmp', 'of-another'), 'x');
    await content(await open(), put('any', 10));
    expect(await readdir(join(base, 'tmp'))).to.deep.equal(['of-another']);
  });
});

const MODIFIED = new Date('2026-01-02T03:04:05.000Z');

/** A storage of which only reading is asked, that counts and can break off. */
function farAway(objects: Map<string, Buffer>): Storage & { reads: Key[]; broken: boolean } {
  const reads: Key[] = [];
  const unused = (): never => {
    throw new Error('not used here');
  };
  const storage = {
    reads,
    broken: false,
    features: { presignedPut: false, presignedGet: false, conditionalPut: false, localFile: false },
    open: unused,
    append: unused,
    stat: unused,
    complete: unused,
    abort: unused,
    put: unused,
    head: unused,
    list: unused,
    describe: unused,
    close: async () => undefined,
    read: async (key: Key, range?: { start: number; end: number }): Promise<StoredBody | null> => {
      reads.push(key);
      const data = objects.get(key);
      if (data === undefined) return null;
      const served = range ?? { start: 0, end: data.length - 1 };
      const isBroken = storage.broken;
      const pieces = async function* () {
        const all = data.subarray(served.start, served.end + 1);
        yield all.subarray(0, all.length / 2);
        await new Promise(setImmediate);
        if (isBroken) throw new Error('the far storage broke');
        yield all.subarray(all.length / 2);
      };
      return { key, bytes: data.length, modifiedAt: MODIFIED, range: served, stream: Readable.from(pieces()) };
    },
    remove: async (keys: Key[]) => {
      for (const key of keys) objects.delete(key);
    },
    withLocalFile: unused,
  };
  return storage;
}
