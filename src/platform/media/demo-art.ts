import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp, { type Sharp } from 'sharp';
import { addGrain } from './demo-grain.ts';
import { findFfmpeg, type FfmpegTools, type ToolOptions } from './tools.ts';

/**
 * Files of the demo library from drawings of our own. Nothing a stranger wrote is opened here, so it runs in the process that
 * asks, without the children and their sandbox.
 */

export interface RasterWish {
  readonly format: 'jpeg' | 'png' | 'webp' | 'avif' | 'tiff';
  /** A little noise, as a sensor would leave it. */
  readonly grain: boolean;
  readonly exif?: Record<'IFD0' | 'IFD2' | 'IFD3', Record<string, string>>;
  readonly xmp?: string;
}

export interface FilmWish {
  /** The picture the film moves over, at least as large as the film. */
  readonly still: Buffer;
  /** WAV. */
  readonly sound: Buffer;
  readonly width: number;
  readonly height: number;
  readonly seconds: number;
}

export interface DemoArt {
  raster(svg: string, wish: RasterWish): Promise<Buffer>;
  /** H.264/AAC in MP4; null when there is no ffmpeg that can make it. */
  film(wish: FilmWish): Promise<Buffer | null>;
}

const FRAMES_PER_SECOND = 24;
const FILM_TIMEOUT_MS = 120_000;
const run = promisify(execFile);

export function createDemoArt(options: ToolOptions): DemoArt {
  // Several pictures are made at once; one thread each wastes least.
  sharp.concurrency(1);
  let tools: Promise<FfmpegTools | null> | null = null;
  return {
    async raster(svg, wish) {
      let picture = sharp(Buffer.from(svg), { unlimited: true });
      if (wish.grain) {
        const { data, info } = await picture.flatten({ background: '#ffffff' }).raw().toBuffer({ resolveWithObject: true });
        addGrain(data, info.width * info.channels);
        picture = sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } });
      }
      if (wish.exif) picture = picture.withExif(wish.exif);
      if (wish.xmp !== undefined) picture = picture.withXmp(wish.xmp);
      return encoded(picture, wish.format).toBuffer();
    },
    async film(wish) {
      tools ??= findFfmpeg(options);
      const found = await tools;
      return found === null ? null : film(found.ffmpeg, wish);
    },
  };
}

function encoded(picture: Sharp, format: RasterWish['format']): Sharp {
  switch (format) {
    case 'jpeg':
      return picture.flatten({ background: '#ffffff' }).jpeg({ quality: 82 });
    case 'png':
      return picture.png({ compressionLevel: 7, palette: true, quality: 95, effort: 3 });
    case 'webp':
      return picture.webp({ quality: 84, effort: 2 });
    case 'avif':
      return picture.avif({ quality: 62, effort: 0 });
    case 'tiff':
      return picture.flatten({ background: '#ffffff' }).tiff({ compression: 'deflate', predictor: 'horizontal' });
  }
}

/** A slow move into the picture with the sound under it. */
async function film(ffmpeg: string, { still, sound, width, height, seconds }: FilmWish): Promise<Buffer | null> {
  const room = await mkdtemp(join(tmpdir(), 'damson-demo-'));
  try {
    await Promise.all([writeFile(join(room, 'still.jpg'), still), writeFile(join(room, 'sound.wav'), sound)]);
    const frames = seconds * FRAMES_PER_SECOND;
    const move = `zoompan=z='1+0.12*on/${frames}':x='(iw-iw/zoom)*(0.3+0.4*on/${frames})':y='(ih-ih/zoom)/2':d=${frames}:s=${width}x${height}:fps=${FRAMES_PER_SECOND}`;
    const input = ['-nostdin', '-hide_banner', '-v', 'error', '-i', 'still.jpg', '-i', 'sound.wav'];
    const video = [
      '-filter_complex',
      `[0:v]${move},format=yuv420p[v]`,
      '-map',
      '[v]',
      '-c:v',
      'libx264',
      '-preset',
      'veryfast',
      '-crf',
      '25',
    ];
    const audio = ['-map', '1:a', '-c:a', 'aac', '-b:a', '96k', '-shortest'];
    await run(ffmpeg, [...input, ...video, ...audio, '-t', String(seconds), '-movflags', '+faststart', 'film.mp4'], {
      cwd: room,
      timeout: FILM_TIMEOUT_MS,
      env: {},
    });
    return await readFile(join(room, 'film.mp4'));
  } catch {
    // A build without H.264 or AAC: the library does without films, as it does without ffmpeg.
    return null;
  } finally {
    await rm(room, { recursive: true, force: true });
  }
}
