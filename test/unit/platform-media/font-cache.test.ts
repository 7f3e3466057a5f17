import { expect } from 'chai';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeFontConfig, writeRoomFontConfig } from '../../../src/platform/media/fonts.ts';

/** What is known of typefaces goes into a room while children are still finding out. */
describe('the cache of typefaces in a room', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'damson-fonts-'))));
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('is what is finished of it; what is being written or goes away is left out', async () => {
    writeFontConfig(root);
    const cache = join(root, 'fonts');
    writeFileSync(join(cache, 'a-le64.cache-8'), 'known');
    for (const name of ['b-le64.cache-8.NEW', 'b-le64.cache-8.LCK', 'b-le64.cache-8.TMP-x7Qa2b']) writeFileSync(join(cache, name), 'half');
    // Listed, and gone when it is read.
    symlinkSync(join(root, 'nothing'), join(cache, 'c-le64.cache-8'));
    const room = join(root, 'job-1');
    mkdirSync(room);
    const file = await writeRoomFontConfig(room, root, ['/room/font-0']);
    expect(readdirSync(join(room, 'fonts'))).to.deep.equal(['a-le64.cache-8']);
    expect(readFileSync(join(room, 'fonts', 'a-le64.cache-8'), 'utf8')).to.equal('known');
    expect(readFileSync(file, 'utf8')).to.contain(`<cachedir>${join(room, 'fonts')}</cachedir>`);
  });
});
