import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import sharp from 'sharp';
import { previewProblemOf } from '../../src/platform/media/media.ts';
import { quarterFilm } from '../support/fixtures/films.ts';
import { alphaPng, animated, avif, cameraJpeg, cmykJpeg, gif, jpeg, png, png16, tiff, webp } from '../support/fixtures/images.ts';
import { twoPages } from '../support/fixtures/pdf.ts';
import { giantSvg, goodSvg } from '../support/fixtures/svg.ts';
import { AV_EXTENSIONS, av, blackFirstMp4, turnedMp4 } from '../support/fixtures/video.ts';
import { fitJob, type MediaRoom, mediaOptions, openMedia, previewOf } from '../support/media.ts';
import { requireTool } from '../support/tools.ts';

/** What every media adapter does, whatever runs it. */
function describeMedia(name: string, make: () => MediaRoom): void {
  describe(`media: ${name}`, () => {
    let room: MediaRoom;
    before(() => {
      room = make();
    });
    after(() => room.close());

    const RASTERS = [
      { what: 'JPEG', make: jpeg, mime: 'image/jpeg', extension: 'jpg', alpha: false },
      { what: 'PNG', make: png, mime: 'image/png', extension: 'png', alpha: false },
      { what: 'PNG with alpha', make: alphaPng, mime: 'image/png', extension: 'png', alpha: true },
      { what: '16-bit PNG', make: png16, mime: 'image/png', extension: 'png', alpha: false },
      { what: 'CMYK JPEG', make: cmykJpeg, mime: 'image/jpeg', extension: 'jpg', alpha: false },
      { what: 'WebP', make: webp, mime: 'image/webp', extension: 'webp', alpha: false },
      { what: 'AVIF', make: avif, mime: 'image/avif', extension: 'avif', alpha: false },
      { what: 'GIF', make: gif, mime: 'image/gif', extension: 'gif', alpha: true },
      { what: 'TIFF', make: tiff, mime: 'image/tiff', extension: 'tif', alpha: false },
    ];
    for (const raster of RASTERS) {
      it(`identifies ${raster.what} by its bytes and makes renditions and analysis from it`, async () => {
        const file = room.put(await raster.make());
        const found = await room.media.identify(file, 'lies.txt', mediaOptions());
        expect(found).to.include({ kind: 'image', mime: raster.mime, extension: raster.extension, problem: null, hasAlpha: raster.alpha });
        const { analysis, rendered } = await previewOf(room, file, found);
        expect(Object.keys(rendered)).to.deep.equal(['thumbnail', 'preview']);
        const thumbnail = await sharp(rendered.thumbnail?.data).metadata();
        expect(thumbnail.format).to.equal('webp');
        expect(Math.max(thumbnail.width, thumbnail.height)).to.equal(100);
        expect(analysis.phash).to.match(/^[0-9a-f]{16}$/);
        expect(Buffer.from(analysis.thumbhash, 'base64').length).to.be.within(5, 25);
        const expected = raster.make === alphaPng ? 'red' : 'blue';
        expect(analysis.colours[0]?.name, JSON.stringify(analysis.colours)).to.equal(expected);
      });
    }

    it('gives the upright size of a picture stored sideways, and turns it', async function () {
      requireTool(this.test!.ctx!, 'perl');
      const file = room.put(await cameraJpeg());
      const found = await room.media.identify(file, 'x', mediaOptions());
      expect(found).to.include({ width: 240, height: 320, orientation: 6 });
      const { rendered } = await previewOf(room, file, found);
      expect(rendered.preview).to.include({ width: 240, height: 320 });
    });

    for (const format of ['gif', 'webp'] as const) {
      it(`counts the frames of an animated ${format}`, async () => {
        const found = await room.media.identify(room.put(await animated(format)), 'x', mediaOptions());
        expect(found).to.include({ width: 60, height: 40, frames: 4, problem: null });
      });
    }

    it('draws SVG at the size wanted, not at the size claimed', async () => {
      const good = room.put(goodSvg);
      const found = await room.media.identify(good, 'drawing.png', mediaOptions());
      expect(found).to.include({ kind: 'image', mime: 'image/svg+xml', problem: null });
      expect((found.width ?? 0) / (found.height ?? 1)).to.equal(2);
      expect((await previewOf(room, good, found)).rendered.preview).to.include({ width: 400, height: 200 });
      const giant = room.put(giantSvg);
      const identified = await room.media.identify(giant, 'x', mediaOptions());
      await room.media.withStill(giant, identified, mediaOptions(), async (still) => {
        expect(Math.max(still.width, still.height)).to.be.at.most(2560);
        expect((await sharp(readFileSync(still.path)).metadata()).format).to.equal('png');
      });
    });

    it('counts the pages of a PDF and draws the one asked for', async () => {
      const file = room.put(twoPages());
      const found = await room.media.identify(file, 'x', mediaOptions());
      expect(found).to.include({ kind: 'document', mime: 'application/pdf', extension: 'pdf', pages: 2, width: 300, height: 400 });
      await room.media.withStill(file, found, { ...mediaOptions(), page: 1 }, async (still) => {
        expect(still.width / still.height).to.be.closeTo(2.5, 0.01);
        const { analysis } = await room.media.ingest({ path: still.path, bytes: 0 }, [fitJob('t', still, 100)], mediaOptions());
        expect(analysis.colours.map((colour) => colour.name)).to.include('blue');
      });
    });

    it('removes the still when the work is done, also when it fails', async () => {
      const file = room.put(goodSvg);
      const found = await room.media.identify(file, 'x', mediaOptions());
      let path = '';
      const error = await room.media
        .withStill(file, found, mediaOptions(), async (still) => {
          path = still.path;
          throw new Error('work failed');
        })
        .catch((reason: unknown) => reason);
      expect(error).to.be.an('error').with.property('message', 'work failed');
      expect(existsSync(path)).to.equal(false);
      expect(readdirSync(room.tempDir).filter((name) => name.startsWith('job-'))).to.deep.equal([]);
    });

    describe('film and sound', () => {
      before(function () {
        requireTool(this, 'ffmpeg');
      });

      for (const extension of AV_EXTENSIONS) {
        it(`identifies ${extension} and makes a still of it`, async () => {
          const file = room.put(av(extension));
          const found = await room.media.identify(file, 'x', mediaOptions());
          const isSound = ['mp3', 'm4a', 'wav'].includes(extension);
          expect(found).to.include({ kind: isSound ? 'audio' : 'video', problem: null });
          expect(found.durationMs).to.be.within(1900, 2300);
          if (!isSound) expect(found).to.include({ width: 320, height: 180 });
          const { analysis } = await previewOf(room, file, found);
          expect(analysis.colours.length).to.be.greaterThan(0);
        });
      }

      it('hands over the pieces of a ladder in order, and keeps none that were taken', async () => {
        const file = room.put(quarterFilm({ width: 160, height: 120, seconds: 10, sound: false }));
        const rung = { name: '240', width: 160, height: 120, kbps: 200 };
        const make = { make: 'ladder', cut: { start: 0, duration: null }, ops: [], rungs: [rung], audio: false, segment: 4 } as const;
        const source = { demuxers: 'mov,mp4', frameRate: 10, hasAudio: false, seconds: 10 };
        const taken: { name: string; path: string }[] = [];
        await room.media.film(
          file,
          source,
          make,
          { ...mediaOptions(), deadlineMs: 60_000 },
          {
            piece: async ({ name, file: piece }) => {
              const left = taken.filter(({ name: other, path }) => !other.includes('init') && existsSync(path));
              expect(left, `when ${name} comes`).to.deep.equal([]);
              taken.push({ name, path: readlinkSync(`/proc/self/fd/${piece.fd}`) });
              expect(existsSync(taken.at(-1)?.path ?? '')).to.equal(true);
            },
            progress: () => undefined,
          },
        );
        expect(taken.map(({ name }) => name)).to.deep.equal(['240-init.mp4', '240-0.m4s', '240-1.m4s', '240-2.m4s']);
      });

      it('takes a frame that shows something, though the film begins in the dark', async () => {
        const file = room.put(blackFirstMp4());
        const found = await room.media.identify(file, 'x', mediaOptions());
        const { analysis } = await previewOf(room, file, found);
        expect(analysis.colours[0]?.name).not.to.equal('black');
      });

      it('gives the upright size of a film that is to be turned', async () => {
        const found = await room.media.identify(room.put(turnedMp4()), 'x', mediaOptions());
        expect(found).to.include({ width: 180, height: 320 });
      });

      it('makes a web clip of a film and of a recording, whole at the target or absent', async () => {
        const directory = mkdtempSync(join(tmpdir(), 'damson-clip-'));
        try {
          for (const [extension, mime] of [
            ['webm', 'video/mp4'],
            ['wav', 'audio/mp4'],
          ] as const) {
            const file = room.put(av(extension));
            const found = await room.media.identify(file, 'x', mediaOptions());
            const target = join(directory, `clip-${extension}`);
            const clip = await room.media.clip(file, found, target, mediaOptions());
            expect(clip).to.include({ mime });
            expect(clip?.bytes).to.equal(readFileSync(target).length);
            expect(clip?.durationMs).to.be.within(1900, 2300);
            const again = await room.media.identify({ path: target, bytes: clip?.bytes ?? 0 }, 'x', mediaOptions());
            expect(again.kind).to.equal(found.kind);
            // What makes it start at once: the index stands before the data.
            const bytes = readFileSync(target).toString('latin1');
            expect(bytes.indexOf('moov')).to.be.lessThan(bytes.indexOf('mdat'));
          }
          expect(readdirSync(directory).sort()).to.deep.equal(['clip-wav', 'clip-webm']);
        } finally {
          rmSync(directory, { recursive: true, force: true });
        }
      });
    });

    it('stores what it cannot draw, and says why', async () => {
      const cases: [Buffer | string, string, string, string][] = [
        ['', 'empty.jpg', 'application/octet-stream', 'empty'],
        ['just words', 'notes.txt', 'text/plain', 'unsupported_type'],
        ['<html><script>alert(1)</script></html>', 'page.html', 'text/plain', 'unsupported_type'],
        ['<html><script>alert(1)</script></html>', 'page.jpg', 'application/octet-stream', 'unsupported_type'],
        [Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0]), 'a.zip', 'application/zip', 'unsupported_type'],
        [Buffer.from([1, 2, 3, 0, 255, 254]), 'a.png', 'application/octet-stream', 'unsupported_type'],
      ];
      for (const [bytes, name, mime, reason] of cases) {
        const file = room.put(bytes);
        const found = await room.media.identify(file, name, mediaOptions());
        expect(found.mime, name).to.equal(mime);
        expect(found.problem?.reason, name).to.equal(reason);
        const refused = await room.media.withStill(file, found, mediaOptions(), async () => 'drawn').catch((error: unknown) => error);
        expect(previewProblemOf(refused)?.reason).to.equal(reason);
      }
    });

    it('keeps the kind of a damaged picture and calls it damaged', async () => {
      const found = await room.media.identify(room.put(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3, 4])), 'a.jpg', mediaOptions());
      expect(found).to.include({ kind: 'image', mime: 'image/jpeg' });
      expect(found.problem).to.include({ state: 'failed', reason: 'damaged' });
    });

    it('fails a truncated picture at decoding, as a preview problem', async () => {
      const whole = await jpeg(1200, 900);
      const file = room.put(whole.subarray(0, whole.length / 2));
      const found = await room.media.identify(file, 'a.jpg', mediaOptions());
      expect(found.problem).to.equal(null);
      const error = await previewOf(room, file, found).catch((reason: unknown) => reason);
      expect(previewProblemOf(error)).to.include({ state: 'failed', reason: 'damaged' });
    });

    it('reports its tools', async () => {
      const tools = await room.media.tools();
      expect(tools.sharp.formats).to.include.members(['jpeg', 'png', 'webp', 'heif', 'gif', 'tiff']);
      expect(tools.sandbox.detail).to.be.a('string').and.not.equal('');
    });
  });
}

describeMedia('local processes', () => openMedia());
describeMedia('local processes without sandbox', () => openMedia({ sandbox: 'off', slots: 1 }));
