import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { size, table } from '../../../src/cli/output.ts';
import { collectFiles, type LocalFile } from '../../../src/cli/upload-files.ts';
import { ResumeFile } from '../../../src/cli/upload-resume.ts';
import { type Sink, TryAgain, uploadFile } from '../../../src/cli/upload-sink.ts';

const MB = 2 ** 20;

/** A place that keeps bytes in memory and fails when told to. */
class MemorySink implements Sink {
  readonly place = 'memory';
  readonly uploads = new Map<string, Buffer>();
  readonly sent: number[] = [];
  fail: (call: number) => 'before' | 'half' | 'fatal' | null = () => null;
  #calls = 0;

  async create(): Promise<string> {
    const id = `u${this.uploads.size}`;
    this.uploads.set(id, Buffer.alloc(0));
    return id;
  }
  async offset(upload: string): Promise<number | null> {
    return this.uploads.get(upload)?.length ?? null;
  }
  async send(upload: string, offset: number, piece: Buffer): Promise<number> {
    this.#calls += 1;
    const how = this.fail(this.#calls);
    if (how === 'fatal') throw new Error('refused');
    if (how === 'before') throw new TryAgain('gone');
    const had = this.uploads.get(upload) ?? Buffer.alloc(0);
    if (had.length !== offset) throw new Error(`offset ${offset}, stands at ${had.length}`);
    const kept = how === 'half' ? piece.subarray(0, piece.length >> 1) : piece;
    this.uploads.set(upload, Buffer.concat([had, kept]));
    this.sent.push(kept.length);
    if (how === 'half') throw new TryAgain('broken off');
    return offset + piece.length;
  }
  async finish(upload: string): Promise<string> {
    return `asset of ${upload}`;
  }
}

describe('damson upload', () => {
  let folder: string;
  let file: LocalFile;
  const bytes = Buffer.alloc(20 * MB, 'damson ');
  const resume = () => ResumeFile.open({ XDG_CACHE_HOME: join(folder, 'cache') });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'damson-upload-'));
    await writeFile(join(folder, 'a.bin'), bytes);
    [file] = (await collectFiles([join(folder, 'a.bin')], '/in')) as [LocalFile];
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('sends a file in pieces and says how far it is', async () => {
    const sink = new MemorySink();
    const seen: number[] = [];
    expect(await uploadFile(sink, await resume(), file, {}, (offset) => seen.push(offset))).to.equal('asset of u0');
    expect(sink.uploads.get('u0')?.equals(bytes)).to.equal(true);
    expect(seen).to.deep.equal([0, 8 * MB, 16 * MB, 20 * MB]);
  });

  it('goes on after a broken connection without sending twice what arrived', async () => {
    const sink = new MemorySink();
    sink.fail = (call) => (call === 2 ? 'half' : call === 3 ? 'before' : null);
    await uploadFile(sink, await resume(), file, {}, () => undefined);
    expect(sink.uploads.get('u0')?.equals(bytes)).to.equal(true);
    expect(sink.sent.reduce((sum, n) => sum + n, 0)).to.equal(bytes.length);
  });

  it('goes on in another call where the first stopped', async () => {
    const sink = new MemorySink();
    sink.fail = (call) => (call === 2 ? 'fatal' : null);
    const first: unknown = await uploadFile(sink, await resume(), file, { tags: 'a' }, () => undefined).catch((error: unknown) => error);
    expect(first).to.be.instanceOf(Error);
    sink.fail = () => null;
    const seen: number[] = [];
    await uploadFile(sink, await resume(), file, { tags: 'a' }, (offset) => seen.push(offset));
    expect(seen[0]).to.equal(8 * MB);
    expect(sink.uploads.size).to.equal(1);
    expect(sink.uploads.get('u0')?.equals(bytes)).to.equal(true);
    // Finished: the next call is a new upload.
    await uploadFile(sink, await resume(), file, { tags: 'a' }, () => undefined);
    expect(sink.uploads.size).to.equal(2);
  });

  it('begins anew when the file, its place or what is said about it changed, or the server forgot', async () => {
    const sink = new MemorySink();
    const stop = async (metadata: Record<string, string>) => {
      sink.fail = () => 'fatal';
      await uploadFile(sink, await resume(), file, metadata, () => undefined).catch(() => undefined);
      sink.fail = () => null;
    };
    await stop({ tags: 'a' });
    await uploadFile(sink, await resume(), file, { tags: 'b' }, () => undefined);
    expect(sink.uploads.size).to.equal(2);
    await utimes(file.path, new Date(0), new Date(0));
    const [touched] = (await collectFiles([file.path], '/in')) as [LocalFile];
    await uploadFile(sink, await resume(), touched, { tags: 'a' }, () => undefined);
    expect(sink.uploads.size).to.equal(3);
    sink.uploads.clear();
    await uploadFile(sink, await resume(), file, { tags: 'a' }, () => undefined);
    expect(sink.uploads.get('u0')?.equals(bytes)).to.equal(true);
  });

  it('uploads an empty file, and minds a resume file that is broken', async () => {
    await writeFile(join(folder, 'empty'), '');
    await mkdir(join(folder, 'cache', 'damson'), { recursive: true });
    await writeFile(join(folder, 'cache', 'damson', 'uploads.json'), '{"x": [1');
    const [empty] = (await collectFiles([join(folder, 'empty')], '/')) as [LocalFile];
    expect(await uploadFile(new MemorySink(), await resume(), empty, {}, () => undefined)).to.equal('asset of u0');
  });

  it('keeps the structure of folders and leaves hidden files out', async () => {
    await mkdir(join(folder, 'shoot', 'day 1', '.git'), { recursive: true });
    await writeFile(join(folder, 'shoot', 'day 1', 'b.jpg'), 'b');
    await writeFile(join(folder, 'shoot', 'a.jpg'), 'a');
    await writeFile(join(folder, 'shoot', '.DS_Store'), 'x');
    await writeFile(join(folder, 'shoot', 'day 1', '.git', 'config'), 'x');
    const files = await collectFiles([join(folder, 'shoot')], 'campaigns/2027');
    expect(files.map(({ name, folder: to }) => `${to}/${name}`)).to.deep.equal([
      '/campaigns/2027/shoot/a.jpg',
      '/campaigns/2027/shoot/day 1/b.jpg',
    ]);
    const missing: unknown = await collectFiles([join(folder, 'nothing')], '/').catch((error: unknown) => error);
    expect(missing).to.be.instanceOf(Error);
  });
});

describe('the command line’s output', () => {
  it('names sizes by thousands', () => {
    expect([0, 999, 1000, 12_345, 999_600, 5e9].map(size)).to.deep.equal(['0 B', '999 B', '1.0 kB', '12 kB', '1.0 MB', '5.0 GB']);
  });

  it('aligns columns', () => {
    expect(
      table([
        ['a', 'long', 'x'],
        ['bbb', 's', 'y'],
      ]),
    ).to.equal('a    long  x\nbbb  s     y');
  });
});
