import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import type { Key } from '../../src/platform/storage/storage.ts';
import { broken, bytes, describeStorage, failure, listed, original } from './storage.suite.ts';
import { makeDisk } from './storage-subjects.ts';

describeStorage('disk', makeDisk);

describe('storage on disk', () => {
  it('keeps every path inside its folder', async () => {
    const subject = await makeDisk();
    const storage = await subject.again();
    for (const key of ['../x', 'a/../../x', '/etc/passwd', 'a//b', 'a/.hidden', 'a/b.part', 'tmp/x', 'plain', 'a/b\0c', 'a\\..\\b/c', '']) {
      expect(await failure(storage.read(key as Key)), key).to.contain('unsafe key');
      expect(await failure(storage.put(key as Key, Buffer.alloc(1))), key).to.contain('unsafe key');
    }
    for (const prefix of ['../', '/', 'a/../', '.']) expect(await failure(listed(storage, prefix)), prefix).to.contain('unsafe prefix');
    await subject.remove();
  });

  it('completes after a crash between rename and answer, and leaves no temporary files', async () => {
    const subject = await makeDisk();
    const storage = await subject.again();
    const draft = await storage.open(original('crash'));
    await storage.append(draft, 0, Readable.from([bytes(12)]));
    await rename(join(subject.dir, 'originals/w1/crash.part'), join(subject.dir, 'originals/w1/crash'));
    expect((await (await subject.again()).complete(draft)).bytes).to.equal(12);
    await failure(storage.put(original('broken'), broken(bytes(100))));
    expect(await readdir(join(subject.dir, 'tmp'))).to.deep.equal([]);
    await subject.remove();
  });

  it('takes a file in place of a folder for an outage', async () => {
    const subject = await makeDisk();
    const storage = await subject.again();
    await writeFile(join(subject.dir, 'originals'), 'not a folder');
    expect(await failure(storage.read(original('x')))).to.equal('unavailable');
    expect(await failure(storage.put(original('x'), bytes(1)))).to.equal('unavailable');
    await subject.remove();
  });

  it('says storage_full on a full disk, keeps what was stored, and goes on when there is room', async function () {
    const mount = await mkdtemp(join(tmpdir(), 'damson-full-'));
    const child = fileURLToPath(new URL('storage-full.child.ts', import.meta.url));
    const script = 'mount -t tmpfs -o size=2m damson-test "$1" || exit 77; exec "$2" --import tsx "$3" "$1"';
    const run = spawnSync('unshare', ['--user', '--map-root-user', '--mount', 'sh', '-c', script, 'sh', mount, process.execPath, child], {
      encoding: 'utf8',
    });
    await rm(mount, { recursive: true, force: true });
    if (run.error !== undefined || run.status === 77 || run.stderr.startsWith('unshare:')) {
      if (process.env['REQUIRE_TOOLS'] === '1') throw new Error(`a private mount namespace is needed: ${run.error ?? run.stderr}`);
      console.log('      skipped: no private mount namespace here');
      this.skip();
    }
    expect(existsSync(mount)).to.equal(false);
    expect(run.stderr).to.equal('');
    const told = JSON.parse(run.stdout) as Record<string, unknown>;
    expect(told).to.include({ put: 'storage_full', absent: true, first: 262_144, append: 'storage_full', after: 262_144 });
    expect(told['kept']).to.be.at.least(262_144);
  });
});
