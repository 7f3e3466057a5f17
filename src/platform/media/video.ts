import { join } from 'node:path';
import { inputGuards } from './ffmpeg-launcher.ts';
import { bare, DAMAGED } from './identified.ts';
import { runJob } from './job.ts';
import { decodeFailed, type Identified } from './media.ts';
import { plainSize } from './plain-file.ts';
import type { Limits } from './sandbox.ts';
import type { Sniffed } from './sniff.ts';
import { hdrOf } from './film-plan.ts';
import { toneMap } from './tone-map.ts';
import { transcode, type VideoJob } from './transcode.ts';
import { factsOfProbe, probeSchema } from './video-facts.ts';

const GIB = 2 ** 30;
const INPUT = 'file:input';

/** Asks ffprobe, in the sandbox, what the container holds. Damaged files come back with a problem. */
export async function probe(job: VideoJob, type: Sniffed): Promise<Identified> {
  const guards = inputGuards(type.demuxers ?? '');
  const args = ['-v', 'error', '-hide_banner', ...guards, '-of', 'json', '-show_format', '-show_streams', INPUT];
  const limits: Limits = { cpuSeconds: 20, addressSpace: 4 * GIB, fileSize: 0, openFiles: 64 };
  const result = await runJob(job.sandbox, job.room, [job.tools.ffprobe, ...args], { limits, ...job.options });
  if (result.timedOut) throw decodeFailed({ detail: 'Reading the file took too long and was stopped.', extra: { reason: 'timeout' } });
  if (result.code !== 0) return bare(type, DAMAGED);
  try {
    return factsOfProbe(type, probeSchema.parse(JSON.parse(result.stdout.toString('utf8'))));
  } catch {
    // ffprobe printed something else than its own format: the file made it stumble.
    return bare(type, DAMAGED);
  }
}

const demuxersOf = (identified: Identified): string => String(identified.probe.demuxers ?? '');

/** With square pixels, in even sizes. */
export const SQUARE_PIXELS = "scale=w='trunc(iw*sar/2)*2':h='trunc(ih/2)*2',setsar=1";
const POSTER_LIMITS: Limits = { cpuSeconds: 60, addressSpace: 8 * GIB, fileSize: 128 * 2 ** 20, openFiles: 64 };

/** The path of a picture in the room, once it is one: children that serve many jobs open it by that, links and all. */
async function drawn(job: VideoJob, output: string, otherwise: string): Promise<string> {
  const path = join(job.room.directory, output);
  if ((await plainSize(path)) === 0) throw decodeFailed({ detail: otherwise, extra: { reason: 'damaged' } });
  return path;
}

/** Most typical frame of the six seconds from `atSeconds`, at most `longest` px, as PNG. */
export async function poster(job: VideoJob, identified: Identified, atSeconds: number, longest: number, output: string): Promise<string> {
  // Few frames per second are enough to choose from, and scaling first keeps the candidates small in memory.
  const fit = `scale=w='min(${longest},iw)':h='min(${longest},ih)':force_original_aspect_ratio=decrease`;
  const screen = toneMap(hdrOf(identified.probe), job.tools.filters);
  const filter = [`fps=fps=4:round=up,${SQUARE_PIXELS},${fit}`, ...screen, 'thumbnail=n=24'].join(',');
  await transcode(job, {
    inputOptions: atSeconds > 0 ? ['-ss', atSeconds.toFixed(3), '-t', '6'] : ['-t', '6'],
    outputOptions: ['-map', '0:v:0', '-an', '-vf', filter, '-frames:v', '1', '-f', 'image2', '-c:v', 'png', '-update', '1'],
    output,
    demuxers: demuxersOf(identified),
    limits: POSTER_LIMITS,
  });
  return drawn(job, output, 'No frame could be decoded from the film.');
}

export const WAVEFORM = { width: 1600, height: 400 } as const;

/** The sound's outline as PNG on a transparent ground; an hour is read at most. */
export async function waveform(job: VideoJob, identified: Identified, output: string): Promise<string> {
  const filter = `[0:a:0]aformat=channel_layouts=mono,showwavespic=s=${WAVEFORM.width}x${WAVEFORM.height}:colors=#8b5cf6:scale=sqrt[out]`;
  await transcode(job, {
    inputOptions: ['-t', '3600'],
    outputOptions: ['-filter_complex', filter, '-map', '[out]', '-frames:v', '1', '-f', 'image2', '-c:v', 'png', '-update', '1'],
    output,
    demuxers: demuxersOf(identified),
    limits: POSTER_LIMITS,
  });
  return drawn(job, output, 'No outline could be drawn of the sound.');
}

const CLIP_SECONDS = 600;
const CLIP_LIMITS: Limits = { cpuSeconds: 3600, addressSpace: 8 * GIB, fileSize: 1024 * 2 ** 20, openFiles: 64 };
/** At most 1280x720, even sizes, never enlarged. Written out, since older builds lack the option for even sizes. */
const CLIP_SCALE =
  "scale=w='max(2,trunc(iw*min(1,min(1280/iw,720/ih))/2)*2)':h='max(2,trunc(ih*min(1,min(1280/iw,720/ih))/2)*2)',format=yuv420p";
const SOUND = ['-c:a', 'aac', '-b:a', '128k', '-ac', '2', '-ar', '48000'];

/** The first ten minutes as H.264/AAC MP4, or of a recording as AAC; made to start playing at once. Returns the path in the room. */
export async function clip(job: VideoJob, identified: Identified): Promise<{ path: string; mime: string }> {
  const isVideo = identified.probe.hasVideo === true;
  const output = isVideo ? 'clip.mp4' : 'clip.m4a';
  const rate = identified.probe.frameRate;
  const slower = typeof rate === 'number' && rate > 60.5 ? 'fps=fps=60,' : '';
  const screen = toneMap(hdrOf(identified.probe), job.tools.filters);
  const picture = [
    '-map',
    '0:v:0',
    '-vf',
    [`${slower}${SQUARE_PIXELS}`, ...screen, CLIP_SCALE].join(','),
    '-c:v',
    'libx264',
    '-preset',
    'veryfast',
  ];
  const quality = ['-crf', '25', '-maxrate', '2500k', '-bufsize', '5000k', '-profile:v', 'high', '-g', '120'];
  await transcode(job, {
    inputOptions: ['-t', String(CLIP_SECONDS)],
    outputOptions: [
      ...(isVideo ? [...picture, ...quality, '-map', '0:a:0?'] : ['-map', '0:a:0', '-vn']),
      ...SOUND,
      '-movflags',
      '+faststart',
      '-f',
      isVideo ? 'mp4' : 'ipod',
    ],
    output,
    demuxers: demuxersOf(identified),
    limits: CLIP_LIMITS,
  });
  return { path: join(job.room.directory, output), mime: isVideo ? 'video/mp4' : 'audio/mp4' };
}
