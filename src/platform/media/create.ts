import { setMaxListeners } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import sharp from 'sharp';
import { unavailable } from '../../errors.ts';
import type { Log } from '../log.ts';
import { copyTags } from './copy-tags.ts';
import { runFilm } from './film.ts';
import { laidOver } from './film-filters.ts';
import type { FilmOp } from './film-plan.ts';
import { writeFontConfig } from './fonts.ts';
import { Gate } from './gate.ts';
import { LateBook } from './late-book.ts';
import { withLinkedSignal } from './linked-signal.ts';
import { identify } from './identify.ts';
import { sweepRooms, withRoom } from './job.ts';
import { decodeFailed, type Identified, type Media, type MediaFile, type MediaOptions, type MediaTools } from './media.ts';
import { MetadataReader } from './metadata.ts';
import { renderAlone } from './own-fonts.ts';
import { openPlain } from './plain-file.ts';
import type { ImagePlan } from './plan.ts';
import { RasterPool } from './pool.ts';
import { inputFormats } from './raster/loaders.ts';
import { runRisky } from './risky.ts';
import { type JobRoom, Sandbox } from './sandbox.ts';
import { type StillDeps, withStill } from './stills.ts';
import { findFfmpeg, type FfmpegTools } from './tools.ts';
import { writeVector } from './vector.ts';
import { clip, probe } from './video.ts';

export interface CreateMediaOptions {
  /** Decoders of each sort at a time; usually the number of cores. */
  readonly slots: number;
  readonly sandbox: 'auto' | 'required' | 'off';
  /** Largest picture decoded outside the sandbox, px. */
  readonly maxPixels: number;
  readonly ffmpegPath?: string | undefined;
  readonly ffprobePath?: string | undefined;
  /** Private directory of the jobs; made when missing. Nothing else may live in it. */
  readonly tempDir: string;
  /** Directories decoders must not see: secrets, database, stored files. */
  readonly hide?: readonly string[];
  /** Where the files lie that are to be decoded, when that is inside a hidden directory. */
  readonly files?: string;
  /** PATH, to find ffmpeg and perl. */
  readonly searchPath?: string;
  /** Refuses the bundled ffmpeg. */
  readonly production: boolean;
  readonly log: Log;
}

type Overlay = Extract<FilmOp, { op: 'overlay' }>;
const CLEAR_PIXEL = { create: { width: 1, height: 1, channels: 4 as const, background: { r: 0, g: 0, b: 0, alpha: 0 } } };
/** Wall clock for one picture that is laid over a film. */
const OVERLAY_MS = 30_000;

const DEFAULT_PATH = '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin';

/** Media on this machine's own processes. Children start when first needed; `close` ends them all. */
export class LocalMedia implements Media {
  readonly pool: RasterPool;
  readonly sandbox: Sandbox;
  private readonly options: CreateMediaOptions;
  private readonly gate: Gate;
  /** A film takes minutes: it must not keep pictures waiting. */
  private readonly films: Gate;
  private readonly metadataReader: MetadataReader;
  private readonly stopping = new AbortController();
  private ffmpegFound: Promise<FfmpegTools | null> | null = null;

  /** Throws when the sandbox is required and refused. */
  constructor(options: CreateMediaOptions) {
    this.options = options;
    this.sandbox = new Sandbox({ mode: options.sandbox, tempDir: options.tempDir, hide: options.hide ?? [], files: options.files });
    setMaxListeners(0, this.stopping.signal);
    sweepRooms(options.tempDir, Date.now()).catch((error: unknown) =>
      options.log.warn({ err: error }, 'old decoder rooms could not be removed'),
    );
    const shared = { sandbox: this.sandbox, tempDir: options.tempDir, log: options.log };
    this.pool = new RasterPool({ ...shared, slots: options.slots, fontConfig: writeFontConfig(options.tempDir) });
    this.gate = new Gate({ slots: options.slots, maxWaiting: 256 });
    this.films = new Gate({ slots: Math.max(1, Math.floor(options.slots / 2)), maxWaiting: 256 });
    this.metadataReader = new MetadataReader({ ...shared, searchPath: options.searchPath ?? DEFAULT_PATH });
  }

  identify(file: MediaFile, name: string, options: MediaOptions): Promise<Identified> {
    const risky = (decoder: 'svg' | 'pdf' | 'heic' | 'psd' | 'raster', room: JobRoom, inner: MediaOptions) =>
      runRisky(this.sandbox, room, { decoder, action: 'facts', page: 0, longest: 0, maxPixels: this.options.maxPixels }, inner);
    return identify(
      {
        maxPixels: this.options.maxPixels,
        raster: async (target, sandboxed) => {
          if (!sandboxed) return this.pool.run({ kind: 'facts', path: target.path }, options);
          const { facts } = await this.inRoom(target, options, (room, inner) => risky('raster', room, inner));
          const { format, orientation, compression } = facts.probe;
          return {
            ...facts,
            format: String(format),
            orientation: typeof orientation === 'number' ? orientation : null,
            compression: typeof compression === 'string' ? compression : null,
          };
        },
        risky: async (decoder, target) => (await this.inRoom(target, options, (room, inner) => risky(decoder, room, inner))).facts,
        av: async (target, type) => {
          const tools = await this.ffmpeg();
          return tools
            ? this.inRoom(target, options, (room, inner) => probe({ sandbox: this.sandbox, tools, room, options: inner }, type))
            : null;
        },
      },
      file,
      name,
      options,
    );
  }

  metadata(file: MediaFile, identified: Identified, options: MediaOptions) {
    return this.metadataReader.read(file, identified, options);
  }

  render: Media['render'] = (file, plan, options, { inputs = [], fonts = [], resume } = {}) => {
    const book = new LateBook(resume ?? null);
    const request = { plan: { ...plan, ops: book.hide(plan.ops) }, maxPixels: this.options.maxPixels, inputs };
    if (fonts.length === 0) return this.pool.run({ kind: 'render', path: file.path, ...request }, options, book.resume);
    const { tempDir, log } = this.options;
    return this.inRoom(file, options, (room, inner) =>
      renderAlone({ sandbox: this.sandbox, tempDir, log, room, options: inner }, { ...request, fonts }, book.resume),
    );
  };

  copyTags: Media['copyTags'] = (original, made, options) =>
    this.inRoom(original, options, (room, inner) =>
      copyTags({ sandbox: this.sandbox, searchPath: this.options.searchPath ?? DEFAULT_PATH, room, options: inner }, original.mime, made),
    );

  copiesTags: Media['copiesTags'] = () => this.metadataReader.available();

  vector: Media['vector'] = (file, wish, options) =>
    this.inRoom(file, options, (room, inner) => writeVector(this.sandbox, room, wish, inner));

  ingest: Media['ingest'] = (file, jobs, options) =>
    this.pool.run({ kind: 'ingest', path: file.path, jobs, maxPixels: this.options.maxPixels }, options);

  pixels: Media['pixels'] = (file, options) =>
    this.pool.run({ kind: 'pixels', path: file.path, maxPixels: this.options.maxPixels }, options);

  withStill: Media['withStill'] = (file, identified, options, work) => {
    const deps: StillDeps = {
      sandbox: this.sandbox,
      pool: this.pool,
      maxPixels: this.options.maxPixels,
      ffmpeg: () => this.ffmpeg(),
      withRoom: (target, inside) => withRoom(this.sandbox, this.options.tempDir, target.path, inside),
      inSlot: (opts, inside) => this.inSlot(opts, inside),
    };
    return withStill(deps, file, identified, options, work);
  };

  clip: Media['clip'] = async (file, identified, target, options) => {
    const tools = await this.ffmpeg();
    if (!tools || identified.probe.decoder !== 'ffmpeg' || identified.problem) return null;
    return this.inRoom(file, options, async (room, inner) => {
      const job = { sandbox: this.sandbox, tools, room, options: inner };
      const made = await clip(job, identified);
      const type = { family: 'av' as const, kind: 'video' as const, mime: made.mime, extension: 'mp4', demuxers: 'mov' };
      const facts = await probe({ ...job, room: { ...room, input: made.path } }, type).catch(() => null);
      // Beside the target first: it appears whole or not at all, also across file systems.
      const part = `${target}.part`;
      try {
        const file = await openPlain(made.path);
        await pipeline(file.createReadStream(), createWriteStream(part));
        await rename(part, target);
      } finally {
        await rm(part, { force: true });
      }
      return { mime: made.mime, bytes: (await stat(target)).size, durationMs: facts?.durationMs ?? identified.durationMs ?? 0 };
    });
  };

  film: Media['film'] = async (file, source, make, options, listener, more = {}) => {
    const tools = await this.ffmpeg();
    if (!tools) throw decodeFailed({ detail: 'ffmpeg is not installed.', extra: { reason: 'tool_missing' } });
    const pictures = make.make === 'sprite' ? [] : await this.overlays(laidOver(make.ops).pictures, options, more);
    const files = more.files ?? [];
    return this.inSlot(
      { ...options, lane: 'ingest' },
      (inner) =>
        withRoom(
          this.sandbox,
          this.options.tempDir,
          file.path,
          (room) => runFilm({ sandbox: this.sandbox, tools, room, options: inner }, source, make, listener, { pictures, files }),
          files.map(({ path }) => path),
        ),
      this.films,
    );
  };

  /** What is laid over a film, each as a picture of its whole size. */
  private async overlays(ops: readonly Overlay[], options: MediaOptions, more: Parameters<Media['film']>[5]): Promise<Buffer[]> {
    if (ops.length === 0) return [];
    const ground = await mkdtemp(join(this.options.tempDir, 'job-'));
    try {
      const path = join(ground, 'clear.png');
      await sharp(CLEAR_PIXEL).png().toFile(path);
      const pictures: Buffer[] = [];
      for (const { width, height, layer } of ops) {
        const plan: ImagePlan = {
          page: 0,
          animated: false,
          autoOrient: false,
          ops: [
            { op: 'scale', width, height },
            { op: 'layer', layer },
          ],
          encode: { format: 'png', quality: 100, metadata: 'strip' },
        };
        pictures.push((await this.render({ path, bytes: 0 }, plan, { ...options, deadlineMs: OVERLAY_MS }, more)).data);
      }
      return pictures;
    } finally {
      await rm(ground, { recursive: true, force: true });
    }
  }

  async tools(): Promise<MediaTools> {
    const [ffmpeg, exiftool] = await Promise.all([this.ffmpeg(), this.metadataReader.version()]);
    return {
      ffmpeg: { available: ffmpeg !== null, bundled: ffmpeg?.bundled ?? false, version: ffmpeg?.version ?? null },
      exiftool: { available: exiftool !== null, version: exiftool },
      sandbox: { mode: this.sandbox.mode, detail: this.sandbox.detail },
      sharp: { version: sharp.versions.sharp ?? '', libvips: sharp.versions.vips ?? '', formats: inputFormats() },
    };
  }

  async close(): Promise<void> {
    this.stopping.abort(unavailable('The service is stopping.'));
    await Promise.all([this.pool.close(), this.metadataReader.close()]);
  }

  private ffmpeg(): Promise<FfmpegTools | null> {
    const { ffmpegPath, ffprobePath, production, searchPath = DEFAULT_PATH } = this.options;
    this.ffmpegFound ??= findFfmpeg({ ffmpegPath, ffprobePath, production, searchPath });
    return this.ffmpegFound;
  }

  /** A slot and a private room for one risky job. */
  private inRoom<T>(file: MediaFile, options: MediaOptions, work: (room: JobRoom, options: MediaOptions) => Promise<T>): Promise<T> {
    return this.inSlot(options, (inner) => withRoom(this.sandbox, this.options.tempDir, file.path, (room) => work(room, inner)));
  }

  /** `work` gets a signal that also aborts when the service stops. */
  private inSlot<T>(options: MediaOptions, work: (options: MediaOptions) => Promise<T>, gate = this.gate): Promise<T> {
    return withLinkedSignal([options.signal, this.stopping.signal], async (signal) => {
      const release = await gate.enter({ lane: options.lane, signal, waitMs: options.deadlineMs });
      try {
        return await work({ ...options, signal });
      } finally {
        release();
      }
    });
  }
}

export function createMedia(options: CreateMediaOptions): LocalMedia {
  return new LocalMedia(options);
}
