import { mkdtemp, open, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import { DamsonError } from '../../../src/errors.ts';
import { diskError, Folders, writeStream } from '../../../src/platform/storage/disk-files.ts';
import { keys } from '../../../src/platform/storage/keys.ts';

describe('files on disk', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'damson-files-'));
  });
  afterEach(() => rm(dir, { recursive: true }));

  it('writes on after short writes, from any offset', async () => {
    const file = await open(join(dir, 'a'), 'w+');
    await file.write('0123');
    const whole = file.writev.bind(file);
    let calls = 0;
    // Takes at most three bytes of each call, as a nearly full disk may.
    file.writev = async (buffers, position) => {
      calls++;
      const few = Buffer.concat(buffers.map((view) => Buffer.from(view.buffer, view.byteOffset, view.byteLength))).subarray(0, 3);
      const { bytesWritten } = await whole([few], position);
      return { bytesWritten, buffers };
    };
    const { end, broken } = await writeStream(file, 2, Readable.from([Buffer.from('abcd'), Buffer.from(''), Buffer.from('efghij')]));
    await file.close();
    expect([end, broken, calls]).to.deep.equal([12, null, 4]);
    expect(await readFile(join(dir, 'a'), 'utf8')).to.equal('01abcdefghij');
  });

  it('gathers small chunks into few writes and leaves the body open when writing fails', async () => {
    const file = await open(join(dir, 'b'), 'w');
    let calls = 0;
    const whole = file.writev.bind(file);
    file.writev = (buffers, position) => {
      calls++;
      return whole(buffers, position);
    };
    await writeStream(file, 0, Readable.from(Array.from({ length: 2_000 }, () => Buffer.alloc(100))));
    expect(calls).to.equal(4);
    file.writev = () => Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' }));
    const body = Readable.from(Array.from({ length: 9 }, () => Buffer.alloc(1 << 20)));
    const error: unknown = await writeStream(file, 0, body).catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: 'ENOSPC' });
    expect(body.destroyed).to.equal(false);
    await file.close();
  });

  it('syncs a large file while more arrives, and tells when one of these syncs failed', async () => {
    const file = await open(join(dir, 'c'), 'w');
    const body = () => Readable.from(Array.from({ length: 80 }, () => Buffer.alloc(1 << 20)));
    let syncs = 0;
    file.datasync = async () => {
      syncs++;
    };
    expect((await writeStream(file, 0, body())).end).to.equal(80 << 20);
    expect(syncs).to.equal(0);
    await writeStream(file, 0, body(), true);
    expect(syncs).to.equal(2);
    // The system tells of a failed write once: a later sync would find nothing wrong.
    file.datasync = () => (syncs++ === 2 ? Promise.reject(Object.assign(new Error('lost'), { code: 'EIO' })) : Promise.resolve());
    const error: unknown = await writeStream(file, 0, body(), true).catch((thrown: unknown) => thrown);
    expect(error).to.include({ code: 'EIO' });
    await file.close();
  });

  it('makes folders once, and again after one was forgotten', async () => {
    const folders = new Folders(true);
    const path = join(dir, 'x/y/z');
    await Promise.all([folders.ensure(path), folders.ensure(path), folders.sync(dir), folders.sync(dir), folders.sync(dir)]);
    expect((await stat(path)).isDirectory()).to.equal(true);
    await rm(join(dir, 'x'), { recursive: true });
    folders.forget(path);
    await folders.ensure(path);
    expect((await stat(path)).isDirectory()).to.equal(true);
  });

  it('tells full from away', () => {
    const code = (error: unknown): string => (error instanceof DamsonError ? error.code : 'other');
    for (const full of ['ENOSPC', 'EDQUOT'])
      expect(code(diskError(Object.assign(new Error(full), { code: full })))).to.equal('storage_full');
    for (const away of ['EIO', 'EACCES', 'EROFS', 'ENOENT', 'ESTALE'])
      expect(code(diskError(Object.assign(new Error(away), { code: away })))).to.equal('unavailable');
  });

  it('makes keys of safe parts only', () => {
    expect(keys.original('w', 'b')).to.equal('originals/w/b');
    expect(keys.derived('w', 'b', 'h', 'webp')).to.equal('derived/w/b/h.webp');
    for (const part of ['', '.', '..', 'a/b', 'a\\b', 'a b', 'ü', 'a\0'])
      expect(() => keys.original('w', part), part).to.throw('unsafe key part');
  });
});
