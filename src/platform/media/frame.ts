import { join } from 'node:path';
import { decodeFailed, type Identified, previewProblemOf } from './media.ts';
import { hdrOf } from './film-plan.ts';
import { plainSize } from './plain-file.ts';
import { toneMap } from './tone-map.ts';
import { transcode, type VideoJob } from './transcode.ts';
import { SQUARE_PIXELS } from './video.ts';

const GIB = 2 ** 30;
/** Same size as a poster's: pixels made square, never enlarged. */
const fit = (longest: number) =>
  `${SQUARE_PIXELS},scale=w='min(${longest},iw)':h='min(${longest},ih)':force_original_aspect_ratio=decrease`;
/**
 * How far before the wanted second decoding begins. Usually that very second; when no frame comes after it (the picture ends before the
 * sound, or within the last frame), from further back, and the last frame is held.
 */
const BEGIN_BEFORE = [0, 3, 30] as const;
const LIMITS = { cpuSeconds: 60, addressSpace: 8 * GIB, fileSize: 128 * 2 ** 20, openFiles: 64 } as const;

async function attempt(job: VideoJob, identified: Identified, begin: number, wait: number, longest: number, output: string) {
  const held = wait > 0 ? [`tpad=stop_mode=clone:stop_duration=${(wait + 1).toFixed(2)}`, `trim=start=${wait.toFixed(2)}`] : [];
  const screen = toneMap(hdrOf(identified.probe), job.tools.filters);
  await transcode(job, {
    inputOptions: begin > 0 ? ['-ss', begin.toFixed(2)] : [],
    outputOptions: [
      ...['-map', '0:v:0', '-an', '-t', (wait + 2).toFixed(2)],
      ...['-vf', [fit(longest), ...held, ...screen].join(','), '-frames:v', '1', '-f', 'image2', '-c:v', 'png', '-update', '1'],
    ],
    output,
    demuxers: String(identified.probe.demuxers ?? ''),
    limits: LIMITS,
  });
  // Children that serve many jobs open it by this path, links and all.
  return (await plainSize(join(job.room.directory, output))) > 0;
}

/**
 * The first frame from this second on (or the last one before it), at most `longest` px, as PNG in the room.
 * @param atSeconds from 0 to the end, exclusive
 * @throws `decode_failed`, or the signal's reason
 */
export async function frameAt(job: VideoJob, identified: Identified, atSeconds: number, longest: number, output: string): Promise<string> {
  let cause: unknown;
  for (const before of BEGIN_BEFORE) {
    if (before > 0 && atSeconds === 0) break;
    const begin = Math.max(0, atSeconds - before);
    try {
      if (await attempt(job, identified, begin, atSeconds - begin, longest, output)) return join(job.room.directory, output);
    } catch (error) {
      // Some versions of ffmpeg call it a failure when nothing was written.
      job.options.signal.throwIfAborted();
      if (previewProblemOf(error)?.reason !== 'damaged') throw error;
      cause = error;
    }
  }
  throw decodeFailed({ detail: 'No frame could be decoded at this second of the film.', extra: { reason: 'damaged' }, cause });
}
