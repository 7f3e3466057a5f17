import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import sharp from 'sharp';
import { isError } from '../../../src/errors.ts';
import { sweepRooms } from '../../../src/platform/media/job.ts';
import { type PreviewProblem, previewProblemOf } from '../../../src/platform/media/media.ts';
import { dash, emptyPng, ffconcat, fuzzed, hlsPlaylist, pngBomb } from '../../support/fixtures/hostile.ts';
import { animated, avif, jpeg, png, tiff, webp } from '../../support/fixtures/images.ts';
import { twoPages } from '../../support/fixtures/pdf.ts';
import { entitySvg, externalSvg, useBomb } from '../../support/fixtures/svg.ts';
import { av } from '../../support/fixtures/video.ts';
import { type MediaRoom, mediaOptions, openMedia, previewOf } from '../../support/media.ts';
import { requireTool } from '../../support/tools.ts';

/** What became of a file: the problem it ended with, or null with a picture. Everything else is thrown on. */
async function fate(room: MediaRoom, bytes: Buffer | string, name = 'x.jpg'): Promise<PreviewProblem | null> {
  const file = room.put(bytes);
  const found = await room.media.identify(file, name, mediaOptions());
  if (found.problem) return found.problem;
  try {
    await previewOf(room, file, found);
    return null;
  } catch (error) {
    const problem = previewProblemOf(error);
    if (!problem) throw error;
    return problem;
  }
}

describe('hostile files', () => {
  let room: MediaRoom;
  before(() => {
    room = openMedia();
  });
  after(() => room.close());
  afterEach('the next normal file works', async () => {
    expect(await fate(room, await jpeg())).to.equal(null);
  });

  it('refuses pixel bombs by their header', async () => {
    for (const bomb of [pngBomb(30_000, 30_000), emptyPng(60_000, 60_000), emptyPng(20_000, 20_000)]) {
      expect(await fate(room, bomb)).to.include({ state: 'failed', reason: 'too_large' });
    }
  });

  it('shows no picture that a decoder only points to', async function () {
    requireTool(this, 'ffmpeg');
    const tools = mkdtempSync(join(tmpdir(), 'damson-taken-'));
    const secret = join(tools, 'secret.png');
    writeFileSync(secret, await png());
    // As if it had been taken over: where a frame was to be drawn it leaves a link to somebody else's picture.
    const ffmpeg = join(tools, 'ffmpeg');
    const real = execFileSync('which', ['ffmpeg']).toString().trim();
    const draw = `for last; do :; done; ln -s ${secret} "\${last#file:}"`;
    writeFileSync(ffmpeg, `#!/bin/sh\ncase "$*" in *frames:v*) ${draw};; *) exec ${real} "$@";; esac\n`, { mode: 0o755 });
    const taken = openMedia({ searchPath: `${tools}:${process.env.PATH ?? ''}` });
    try {
      expect(await fate(taken, av('mp4'), 'x.mp4')).to.include({ reason: 'refused' });
      expect(await fate(taken, av('wav'), 'x.wav')).to.include({ reason: 'refused' });
    } finally {
      await taken.close();
      rmSync(tools, { recursive: true, force: true });
    }
  });

  it('does not decode more pixels than allowed, whatever it is asked', async () => {
    const small = openMedia({ maxPixels: 10_000, slots: 1 });
    try {
      const file = small.put(await jpeg());
      const job = {
        page: 0,
        animated: false,
        autoOrient: true,
        ops: [],
        encode: { format: 'webp', quality: 80, metadata: 'strip' },
      } as const;
      const error = await small.media.render(file, job, mediaOptions()).catch((reason: unknown) => reason);
      expect(isError(error, 'limit_exceeded')).to.equal(true);
    } finally {
      await small.close();
    }
  });

  it('decodes a real picture over the limit once, in the sandbox', async () => {
    const small = openMedia({ maxPixels: 5_000_000, slots: 1 });
    try {
      expect(await fate(small, await jpeg(3000, 2000))).to.equal(null);
    } finally {
      await small.close();
    }
  });

  it('stops an SVG that draws without end', async () => {
    expect(await fate(room, useBomb(), 'bomb.svg')).to.include({ state: 'failed', reason: 'timeout' });
  });

  describe('references to other places', () => {
    let server: Server;
    let requests: string[];
    let url: string;
    before((done) => {
      requests = [];
      server = createServer((request, response) => {
        requests.push(request.url ?? '');
        response.end();
      }).listen(0, '127.0.0.1', done);
    });
    before(() => {
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    after((done) => {
      server.close(done);
    });

    it('in SVG are dead: no request, no neighbour file, no entity', async () => {
      const black = await sharp({ create: { width: 50, height: 50, channels: 3, background: '#000000' } })
        .png()
        .toBuffer();
      const neighbour = room.put(black, 'neighbour.png').path;
      const secret = room.put('SECRET', 'secret.txt').path;
      const file = room.put(externalSvg(url, neighbour));
      const found = await room.media.identify(file, 'x.svg', mediaOptions());
      const { analysis } = await previewOf(room, file, found);
      expect(analysis.colours.map((colour) => colour.name)).to.deep.equal(['white']);
      expect(await fate(room, externalSvg(url, 'neighbour.png'), 'x.svg')).to.equal(null);
      // Refused, or drawn without the entities: both are right, a request is not.
      await fate(room, entitySvg(url, secret), 'x.svg');
      expect(requests).to.deep.equal([]);
    });

    it('in playlists are never followed, whatever the playlist is called', async () => {
      const target = room.put(Buffer.alloc(188), 'segment.ts').path;
      const lists = [
        hlsPlaylist(`file://${target}`),
        hlsPlaylist(`${url}/a.ts`),
        ffconcat('segment.ts'),
        ffconcat(target),
        dash(`${url}/d`),
      ];
      for (const list of lists) {
        expect(await fate(room, list, 'film.mp4')).to.include({ state: 'none', reason: 'refused' });
      }
      expect(requests).to.deep.equal([]);
    });

    it('behind a real container header are refused by ffprobe', async function () {
      requireTool(this.test!.ctx!, 'ffmpeg');
      const riff = Buffer.from('RIFF\x10\0\0\0AVI #EXTM3U\n', 'latin1');
      const dressed = Buffer.concat([riff, Buffer.from(hlsPlaylist(`${url}/a.ts`))]);
      expect(await fate(room, dressed, 'film.avi')).to.include({ state: 'failed', reason: 'damaged' });
      expect(requests).to.deep.equal([]);
    });
  });

  it('is not confused by 200 fuzzed and cut pictures', async function () {
    this.timeout(180_000);
    const seeds = [await jpeg(), await png(), await webp(), await avif(), await animated('gif'), await tiff()];
    const files = Array.from({ length: 200 }, (_, seed) => fuzzed(seeds[seed % seeds.length] ?? Buffer.alloc(0), seed + 1));
    const fates = { drawn: 0, problem: 0 };
    for (let at = 0; at < files.length; at += 4) {
      const some = await Promise.all(files.slice(at, at + 4).map((bytes) => fate(room, bytes)));
      for (const each of some) fates[each ? 'problem' : 'drawn'] += 1;
    }
    expect(fates.drawn + fates.problem).to.equal(200);
    expect(fates.problem).to.be.greaterThan(20);
  });

  it('takes damaged films and documents for what they are', async function () {
    requireTool(this.test!.ctx!, 'ffmpeg');
    const film = av('mp4');
    expect(await fate(room, film.subarray(0, 200), 'x.mp4')).to.include({ state: 'failed', reason: 'damaged' });
    expect(await fate(room, twoPages().subarray(0, 40), 'x.pdf')).to.include({ state: 'failed', reason: 'damaged' });
    for (let seed = 1; seed <= 6; seed++) await fate(room, fuzzed(film, seed), 'x.mp4');
  });

  it('reads names as data', async () => {
    const file = room.put(await jpeg());
    for (const name of ['-version', '../../etc/passwd', 'a'.repeat(300), 'x%d.jpg', 'concat:a|b.mp4', '\u202egpj.exe', 'x\0.jpg']) {
      expect((await room.media.identify(file, name, mediaOptions())).mime).to.equal('image/jpeg');
    }
  });
});

describe('rooms left by a killed server', () => {
  it('go after a day, younger ones stay', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'damson-sweep-'));
    try {
      for (const name of ['job-old', 'job-new', 'other']) mkdirSync(join(directory, name));
      const twoDaysAgo = Date.now() / 1000 - 2 * 24 * 3600;
      for (const name of ['job-old', 'other']) utimesSync(join(directory, name), twoDaysAgo, twoDaysAgo);
      expect(await sweepRooms(directory, Date.now())).to.equal(1);
      expect(readdirSync(directory).sort()).to.deep.equal(['job-new', 'other']);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});

describe('a sandboxed job', () => {
  let room: MediaRoom;
  before(function () {
    requireTool(this, 'namespaces');
    room = openMedia({ slots: 1 });
  });
  after(() => room?.close());

  it('has no network, sees its own directory only and cannot change its input', async () => {
    const { runJob, withRoom } = await import('../../../src/platform/media/job.ts');
    expect(room.media.sandbox.level).to.equal('full');
    const input = room.put('the input');
    const script =
      'cat input; echo changed > input || echo readonly; ls ..; cat /proc/net/dev | wc -l; env; echo out > output && cat output';
    await withRoom(room.media.sandbox, room.tempDir, input.path, (other) =>
      withRoom(room.media.sandbox, room.tempDir, input.path, async (own) => {
        const result = await runJob(room.media.sandbox, own, ['/bin/sh', '-c', script], { limits: {}, ...mediaOptions() });
        const text = result.stdout.toString();
        expect(text).to.contain('the input').and.to.contain('readonly').and.to.contain('\nout\n');
        expect(text).not.to.contain(other.directory.slice(room.tempDir.length + 1));
        // Two lines of heading and the loopback device, which is down.
        expect(text).to.match(/\n3\n/);
        expect(text).not.to.match(/(PASSWORD|SECRET|TOKEN|npm_)/);
      }),
    );
  });

  it('hides the directories it is told to', async () => {
    const { runJob, withRoom } = await import('../../../src/platform/media/job.ts');
    const { Sandbox } = await import('../../../src/platform/media/sandbox.ts');
    const stored = room.put('another file', 'stored');
    const sandbox = new Sandbox({ mode: 'auto', tempDir: room.tempDir, hide: [join(stored.path, '../..')] });
    const result = await withRoom(sandbox, room.tempDir, stored.path, (own) =>
      runJob(sandbox, own, ['/bin/sh', '-c', `cat input; cat ${stored.path} || echo gone`], { limits: {}, ...mediaOptions() }),
    );
    expect(result.stdout.toString()).to.equal('another filegone\n');
  });
});
