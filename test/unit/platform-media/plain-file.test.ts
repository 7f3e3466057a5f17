import { spawnSync } from 'node:child_process';
import { linkSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openPlain, plainSize } from '../../../src/platform/media/plain-file.ts';
import { listedPieces } from '../../../src/platform/media/film.ts';

describe('what decoders leave in their room', () => {
  let room: string;
  before(() => {
    room = mkdtempSync(join(tmpdir(), 'damson-plain-'));
    writeFileSync(join(room, 'secret'), 'secret');
    writeFileSync(join(room, 'own'), 'own');
  });
  after(() => rmSync(room, { recursive: true, force: true }));

  it('is read when it is a file', async () => {
    const file = await openPlain(join(room, 'own'));
    expect(await file.readFile('utf8')).to.equal('own');
    await file.close();
  });

  it('is refused when it leads elsewhere, or is no file at all', async () => {
    symlinkSync(join(room, 'secret'), join(room, 'link'));
    linkSync(join(room, 'secret'), join(room, 'hard'));
    spawnSync('mkfifo', [join(room, 'pipe')]);
    for (const name of ['link', 'hard', 'pipe', '.']) {
      const said = await openPlain(join(room, name)).then(
        () => 'opened',
        (error: { code?: string }) => error.code,
      );
      expect(said, name).to.equal('decode_failed');
    }
  });

  it('is as large as it is when it is a file, and nothing when there is none', async () => {
    expect([await plainSize(join(room, 'own')), await plainSize(join(room, 'none'))]).to.deep.equal([3, 0]);
    symlinkSync(join(room, 'own'), join(room, 'other'));
    const said = await plainSize(join(room, 'other')).catch((error: { code?: string }) => error.code);
    expect(said).to.equal('decode_failed');
  });

  it('names no pieces: a playlist tells lengths, and nothing more is taken from it', () => {
    const playlist = '#EXTM3U\n#EXTINF:4.000000,\n../../etc/passwd\n#EXTINF:-1,\nx\n#EXTINF:2.5,\n240-1.m4s\n';
    expect(listedPieces(playlist)).to.deep.equal([4, 2.5]);
  });
});
