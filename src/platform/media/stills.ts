import { join } from 'node:path';
import { HUGE_BYTES, HUGE_PIXELS } from './limits.ts';
import { frameAt } from './frame.ts';
import { decodeFailed, type Identified, type MediaFile, type MediaOptions, type Still } from './media.ts';
import type { RasterPool } from './pool.ts';
import { runRisky } from './risky.ts';
import { STILL_FILE } from './risky/protocol.ts';
import type { JobRoom, Sandbox } from './sandbox.ts';
import type { FfmpegTools } from './tools.ts';
import { poster, WAVEFORM, waveform } from './video.ts';

export interface StillDeps {
  readonly sandbox: Sandbox;
  readonly pool: RasterPool;
  readonly maxPixels: number;
  ffmpeg(): Promise<FfmpegTools | null>;
  /** A private room for the file. */
  withRoom<T>(file: MediaFile, work: (room: JobRoom) => Promise<T>): Promise<T>;
  /** Waits for a decoder slot and holds it while `work` runs. */
  inSlot<T>(options: MediaOptions, work: (options: MediaOptions) => Promise<T>): Promise<T>;
}

type StillOptions = MediaOptions & { page?: number; atSeconds?: number | null; layers?: readonly number[] | null };

/** Longest side of a still, px: the size of a mezzanine. */
const LONGEST = 2560;
/** Where a film is looked at for its poster, as shares of its length. */
const POSTER_AT = [0, 0.2, 0.5] as const;

/** A frame that is (nearly) one dark or one flat tone says nothing about the film. */
const tells = ({ mean, deviation }: { mean: number; deviation: number }): boolean => deviation > 6 && mean > 12;

async function videoPoster(deps: StillDeps, tools: FfmpegTools, room: JobRoom, identified: Identified, options: MediaOptions) {
  const job = { sandbox: deps.sandbox, tools, room, options };
  const seconds = (identified.durationMs ?? 0) / 1000;
  let first: string | null = null;
  let lastError: unknown = null;
  for (const [index, share] of POSTER_AT.entries()) {
    if (index > 0 && seconds * share < 1) break;
    try {
      const path = await poster(job, identified, seconds * share, LONGEST, `poster-${index}.png`);
      first ??= path;
      if (tells(await deps.pool.run({ kind: 'brightness', path }, options))) return path;
    } catch (error) {
      options.signal.throwIfAborted();
      lastError = error;
    }
  }
  if (first) return first;
  throw lastError;
}

async function fromRoom(deps: StillDeps, room: JobRoom, identified: Identified, options: StillOptions): Promise<Still> {
  const { decoder } = identified.probe;
  if (decoder === 'ffmpeg') {
    const tools = await deps.ffmpeg();
    if (!tools) throw decodeFailed({ detail: 'ffmpeg is not installed.', extra: { reason: 'tool_missing' } });
    if (identified.probe.hasVideo !== true) {
      const path = await waveform({ sandbox: deps.sandbox, tools, room, options }, identified, 'waveform.png');
      return { path, ...WAVEFORM };
    }
    const at = options.atSeconds ?? null;
    const job = { sandbox: deps.sandbox, tools, room, options };
    const path =
      at === null ? await videoPoster(deps, tools, room, identified, options) : await frameAt(job, identified, at, LONGEST, 'frame.png');
    const { width, height } = await deps.pool.run({ kind: 'facts', path }, options);
    return { path, width, height };
  }
  const kind = decoder === 'svg' || decoder === 'pdf' || decoder === 'heic' || decoder === 'psd' ? decoder : 'raster';
  const maxPixels = kind === 'raster' ? HUGE_PIXELS : deps.maxPixels;
  const layers = kind === 'psd' && options.layers ? { layers: options.layers } : {};
  const request = { decoder: kind, action: 'still', page: options.page ?? 0, longest: LONGEST, maxPixels, ...layers } as const;
  const { still } = await runRisky(deps.sandbox, room, request, options);
  if (!still) throw decodeFailed({ detail: 'The decoder made no picture.', extra: { reason: 'damaged' } });
  return { path: join(room.directory, STILL_FILE), ...still };
}

/** See `Media.withStill`. */
export async function withStill<T>(
  deps: StillDeps,
  file: MediaFile,
  identified: Identified,
  options: StillOptions,
  work: (still: Still) => Promise<T>,
): Promise<T> {
  const { problem, width, height, probe } = identified;
  if (problem) throw decodeFailed({ detail: problem.detail, extra: { reason: problem.reason } });
  if (probe.decoder === 'raster' && width !== null && height !== null) {
    const direct = width * height <= deps.maxPixels && file.bytes <= HUGE_BYTES;
    if (direct) return work({ path: file.path, width, height });
  }
  // The slot is given back before `work`, which may itself want one (a clip of the same film).
  return deps.withRoom(file, async (room) =>
    work(await deps.inSlot(options, (inner) => fromRoom(deps, room, identified, { ...options, ...inner }))),
  );
}
