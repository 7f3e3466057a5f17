import { filterGraph, type GraphSources, laidOver } from './film-filters.ts';
import type { FilmAudioCodec, FilmCut, FilmMake, FilmPlan, FilmVideoCodec, LadderPlan, SpritePlan } from './film-plan.ts';
import { toneMap } from './tone-map.ts';

/** Arguments of ffmpeg for what is made of films. Pure; `input` and all outputs are names of ours in the job's room. */

export interface FilmArgs {
  readonly input: readonly string[];
  readonly output: readonly string[];
  /** File name, or its pattern. */
  readonly target: string;
}

function cutArgs({ start, duration }: FilmCut): string[] {
  return [...(start > 0 ? ['-ss', start.toFixed(3)] : []), ...(duration === null ? [] : ['-t', duration.toFixed(3)])];
}

/** `q` 1-100 on each encoder's own scale of constant quality; 50 is what the encoders' own defaults look like. */
const CRF: Record<FilmVideoCodec, (quality: number) => number> = {
  h264: (quality) => Math.round(38 - 0.26 * quality),
  vp9: (quality) => Math.round(55 - 0.45 * quality),
  av1: (quality) => Math.round(58 - 0.46 * quality),
};

/** Fast settings: a film is wanted soon, and more effort gains few per cent. */
function videoArgs(codec: FilmVideoCodec, quality: number): string[] {
  const crf = String(CRF[codec](quality));
  if (codec === 'h264') return ['-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', 'high', '-crf', crf];
  if (codec === 'vp9') return ['-c:v', 'libvpx-vp9', '-b:v', '0', '-crf', crf, '-deadline', 'good', '-cpu-used', '5', '-row-mt', '1'];
  return ['-c:v', 'libsvtav1', '-preset', '10', '-crf', crf];
}

const AUDIO: Record<FilmAudioCodec, readonly string[]> = {
  aac: ['-c:a', 'aac', '-b:a', '128k', '-ac', '2', '-ar', '48000'],
  opus: ['-c:a', 'libopus', '-b:a', '96k', '-ac', '2', '-ar', '48000'],
};

/** The other films of a film, as inputs after its pictures. */
export function insetInputs(
  make: FilmMake,
  files: GraphSources['files'],
): { name: string; demuxers: string; options: readonly string[] }[] {
  if (make.make === 'sprite') return [];
  return laidOver(make.ops).films.map(({ input, cut }) => ({
    name: `input-${input + 1}`,
    demuxers: files[input]?.demuxers ?? '',
    options: ['-accurate_seek', ...cutArgs(cut)],
  }));
}

/** One file. */
export function filmArgs(plan: FilmPlan, sources: GraphSources): FilmArgs {
  const picture = plan.video
    ? ['-filter_complex', filterGraph(plan.ops, sources), '-map', '[out]', ...videoArgs(plan.video, plan.quality)]
    : ['-vn'];
  const sound = plan.audio && sources.source.hasAudio ? ['-map', '0:a:0', ...AUDIO[plan.audio]] : ['-an'];
  const container = plan.container === 'mp4' ? ['-movflags', '+faststart', '-f', 'mp4'] : ['-f', 'webm'];
  return { input: cutArgs(plan.cut), output: [...picture, ...sound, ...container], target: `film.${plan.container}` };
}

/** Pieces that all begin with a whole picture at the same times, so that a player may change the rung at each. */
export function ladderArgs(plan: LadderPlan, sources: GraphSources): FilmArgs {
  const { rungs } = plan;
  const base = filterGraph(plan.ops, sources).slice(0, -'[out]'.length);
  const scaled = rungs.map(({ width, height }, i) => `[s${i}]scale=${width}:${height}:flags=bicubic,setsar=1[v${i}]`);
  const graph = [`${base},split=${rungs.length}${rungs.map((_, i) => `[s${i}]`).join('')}`, ...scaled].join(';');
  const limits = rungs.flatMap(({ kbps }, i) => [`-maxrate:v:${i}`, `${kbps}k`, `-bufsize:v:${i}`, `${kbps * 2}k`]);
  const sound = plan.audio ? ['-map', '0:a:0', ...AUDIO.aac] : ['-an'];
  const streams = [...rungs.map(({ name }, i) => `v:${i},name:${name}`), ...(plan.audio ? ['a:0,name:audio'] : [])].join(' ');
  // Of a stream alone ffmpeg takes the name of the first part as it stands.
  const first = rungs.length === 1 && !plan.audio ? `${rungs[0]?.name}-init.mp4` : '%v-init.mp4';
  return {
    input: cutArgs(plan.cut),
    output: [
      ...['-filter_complex', graph, ...rungs.flatMap((_, i) => ['-map', `[v${i}]`])],
      ...['-c:v', 'libx264', '-preset', 'veryfast', '-profile:v', 'high', '-crf', '23', ...limits],
      ...['-force_key_frames', `expr:gte(t,n_forced*${plan.segment})`, '-sc_threshold', '0', '-g', '600'],
      ...sound,
      ...['-f', 'hls', '-hls_time', String(plan.segment), '-hls_list_size', '0', '-hls_playlist_type', 'event'],
      ...['-hls_segment_type', 'fmp4', '-hls_flags', 'independent_segments+temp_file'],
      ...['-hls_fmp4_init_filename', first, '-hls_segment_filename', '%v-%d.m4s', '-var_stream_map', streams],
    ],
    target: '%v.m3u8',
  };
}

/** From so many seconds on only whole pictures are decoded: there are enough of them, and an hour takes seconds. */
const LONG_SECONDS = 600;

export function spriteArgs(plan: SpritePlan, { source, filters }: GraphSources): FilmArgs {
  const { width, height, columns, rows, interval } = plan;
  const screen = toneMap(source.hdr, filters)
    .map((filter) => `${filter},`)
    .join('');
  const filter = `fps=1/${interval}:round=up,${screen}scale=${width}:${height},setsar=1,tile=${columns}x${rows}`;
  return {
    input: (source.seconds ?? 0) < LONG_SECONDS ? [] : ['-skip_frame', 'nokey'],
    output: ['-map', '0:v:0', '-an', '-vf', filter, '-frames:v', '1', '-f', 'image2', '-c:v', 'mjpeg', '-q:v', '5', '-update', '1'],
    target: 'sprite.jpg',
  };
}
