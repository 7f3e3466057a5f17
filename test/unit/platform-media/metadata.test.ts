import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { exiftoolPath } from 'exiftool-vendored';
import { silentLog } from '../../../src/platform/log.ts';
import { MetadataReader } from '../../../src/platform/media/metadata.ts';
import { bare } from '../../../src/platform/media/identified.ts';
import { sniff } from '../../../src/platform/media/sniff.ts';
import { BINARY_PLACEHOLDER, EXCLUDED_TAGS, kept } from '../../../src/platform/media/metadata-exclusions.ts';
import { animated, cameraJpeg, png16, tiff, webp } from '../../support/fixtures/images.ts';
import { twoPages } from '../../support/fixtures/pdf.ts';
import { goodSvg } from '../../support/fixtures/svg.ts';
import { av } from '../../support/fixtures/video.ts';
import { type MediaRoom, mediaOptions, openMedia } from '../../support/media.ts';
import { until } from '../../support/until.ts';
import { hasTool, requireTool } from '../../support/tools.ts';

/** What the command line prints for this file. */
async function cli(path: string): Promise<Record<string, unknown>> {
  const [tags] = JSON.parse(execFileSync(await exiftoolPath(), ['-json', '-G1', '-a', path], { encoding: 'utf8' }));
  return tags;
}

/** The perl processes that carry this directory in their environment. */
function perlsOf(directory: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const isPerl =
          readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('perl') ||
          readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('/usr/bin/perl');
        return isPerl && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`=${directory}\0`);
      } catch {
        // It ended while we looked.
        return false;
      }
    })
    .map(Number);
}

describe('embedded metadata', () => {
  let room: MediaRoom;
  before(function () {
    requireTool(this, 'perl');
    room = openMedia({ slots: 1 });
  });
  after(() => room?.close());

  const read = async (bytes: Buffer | string) => {
    const file = room.put(bytes);
    const found = bare(sniff(Buffer.from(bytes), 'x'), null);
    return { file, tags: await room.media.metadata(file, found, mediaOptions()) };
  };

  it('equals what `exiftool -json -G1 -a` prints, less the listed exclusions', async () => {
    const files: (Buffer | string)[] = [
      await cameraJpeg(),
      await png16(),
      await webp(),
      await tiff(),
      await animated('gif'),
      twoPages(),
      goodSvg,
    ];
    if (hasTool('ffmpeg')) files.push(av('mp4'), av('mp3'), av('wav'), av('avi'));
    for (const bytes of files) {
      const { file, tags } = await read(bytes);
      const printed = await cli(file.path);
      const excluded = Object.entries(printed).filter(
        ([name, value]) => EXCLUDED_TAGS.some(({ match }) => match.test(name)) || BINARY_PLACEHOLDER.test(String(value)),
      );
      expect(Object.keys(tags ?? {}).length + excluded.length).to.equal(Object.keys(printed).length);
      expect(tags).to.deep.equal(
        Object.fromEntries(Object.entries(printed).filter((entry) => !excluded.some(([name]) => name === entry[0]))),
      );
    }
  });

  it('keeps text in other scripts, lists and places', async () => {
    const { tags } = await read(await cameraJpeg());
    expect(tags).to.include({
      'IFD0:Make': 'Damson',
      'IFD0:Model': 'Plum 3',
      'XMP-dc:Title': 'Zwetschgen für Ökonomen',
      'ExifIFD:ISO': 200,
    });
    expect(tags?.['IPTC:Keywords']).to.deep.equal(['Pflaume', 'plum']);
    expect(tags?.['GPS:GPSLatitude']).to.match(/^52 deg 31/);
  });

  it('gives no path or name of the server away', async () => {
    const { file, tags } = await read(await cameraJpeg());
    expect(JSON.stringify(tags)).not.to.contain(file.path.slice(0, 12));
  });

  it('asks nothing about types outside its list', async () => {
    expect((await read('just text')).tags).to.deep.equal({});
    expect((await read(Buffer.from('AT&TFORM\0\0\0\x10DJVUINFO', 'latin1'))).tags).to.deep.equal({});
  });

  it('gives up on a process that hangs and works on with another', async function () {
    requireTool(this.test!.ctx!, 'namespaces');
    const tempDir = `${room.tempDir}-hang`;
    const reader = new MetadataReader({
      sandbox: room.media.sandbox,
      tempDir,
      searchPath: process.env.PATH ?? '',
      log: silentLog,
      timeoutMs: 1_000,
    });
    try {
      const file = room.put(await cameraJpeg());
      const found = bare(sniff(await cameraJpeg(), 'x'), null);
      expect(await reader.read(file, found, mediaOptions())).to.include({ 'IFD0:Make': 'Damson' });
      const pids = perlsOf(tempDir);
      expect(pids).not.to.deep.equal([]);
      for (const pid of pids) process.kill(pid, 'SIGSTOP');
      expect(await reader.read(file, found, mediaOptions())).to.deep.equal({});
      expect(await reader.read(file, found, mediaOptions())).to.include({ 'IFD0:Make': 'Damson' });
      await until('the hung process to be gone', () => pids.every((pid) => !perlsOf(tempDir).includes(pid)));
    } finally {
      await reader.close();
    }
  });

  it('answers null where perl is missing', async () => {
    const lacking = openMedia({ slots: 1, searchPath: '/nonexistent' });
    try {
      const file = lacking.put(twoPages());
      const found = bare(sniff(twoPages(), 'x'), null);
      expect(await lacking.media.metadata(file, found, mediaOptions())).to.equal(null);
      const tools = await lacking.media.tools();
      expect(tools.exiftool).to.deep.equal({ available: false, version: null });
      expect(tools.ffmpeg.available).to.equal(false);
      if (hasTool('ffmpeg')) {
        const film = await lacking.media.identify(lacking.put(av('mp4')), 'x', mediaOptions());
        expect(film).to.include({ kind: 'video', mime: 'video/mp4' });
        expect(film.problem).to.include({ state: 'none', reason: 'tool_missing' });
      }
    } finally {
      await lacking.close();
    }
  });
});

describe('the exclusions', () => {
  it('have reasons and hit only what they name', () => {
    for (const { reason } of EXCLUDED_TAGS) expect(reason).not.to.equal('');
    const tags = {
      SourceFile: '/x',
      'System:FileName': 'x',
      'IFD0:Make': 'A',
      'IFD1:ThumbnailImage': '(Binary data 9 bytes, use -b option to extract)',
    };
    expect(kept(tags)).to.deep.equal({ 'IFD0:Make': 'A' });
  });
});
