import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FilmArgs, filmArgs, insetInputs, ladderArgs, spriteArgs } from './film-args.ts';
import type { FilmFile, FilmListener, FilmMake, FilmSource, LadderPlan } from './film-plan.ts';
import { type GraphSources, laidOver } from './film-filters.ts';
import { furnish, pictureName } from './film-room.ts';
import { withLinkedSignal } from './linked-signal.ts';
import { decodeFailed } from './media.ts';
import { openPlain } from './plain-file.ts';
import type { Limits } from './sandbox.ts';
import { transcode, type VideoJob } from './transcode.ts';

/** Runs ffmpeg for a film by URL, in its room, and hands over what it makes as soon as it is whole. */

const GIB = 2 ** 30;
/** The deadline ends a film, and says so; the processor time of all threads is only a second line behind it. */
const limitsOf = (deadlineMs: number): Limits => ({
  cpuSeconds: availableParallelism() * Math.ceil(deadlineMs / 1000),
  addressSpace: 12 * GIB,
  fileSize: 4 * GIB,
  openFiles: 256,
});
const LOOK_MS = 100;

function argsOf(make: FilmMake, sources: GraphSources): FilmArgs {
  if (make.make === 'film') return filmArgs(make, sources);
  return make.make === 'ladder' ? ladderArgs(make, sources) : spriteArgs(make, sources);
}

/** @throws decode_failed when this ffmpeg cannot draw what is asked for */
function checkTools(make: FilmMake, filters: ReadonlySet<string>): void {
  if (make.make === 'sprite' || filters.has('ass') || laidOver(make.ops).subtitles.length === 0) return;
  throw decodeFailed({
    detail: 'The ffmpeg of this server draws no subtitles: it was built without libass.',
    extra: { reason: 'tool_missing' },
  });
}

/** Lengths of the pieces that a playlist of ffmpeg lists so far: it lists what is whole. Their names are ours, whatever it says. */
export function listedPieces(playlist: string): number[] {
  return [...playlist.matchAll(/#EXTINF:(\d+(?:\.\d+)?),[^\n]*\n[^#\n]+/g)].map(([, seconds]) => Number(seconds));
}

/** Opens a piece for the listener and closes it after. @throws decode_failed when it is no file */
async function tell(listener: FilmListener, directory: string, name: string, seconds: number | null): Promise<void> {
  const file = await openPlain(join(directory, name));
  try {
    const { size } = await file.stat();
    if (size === 0) throw decodeFailed({ detail: 'Nothing could be made of the film.', extra: { reason: 'damaged' } });
    await listener.piece({ name, file, bytes: size, seconds });
  } finally {
    await file.close();
  }
}

/** Hands over new pieces of every rung, each once, in order; its first part before the others. */
class PieceWatch {
  private readonly done = new Map<string, number>();
  private readonly directory: string;
  private readonly names: readonly string[];
  private readonly listener: FilmListener;

  constructor(directory: string, plan: LadderPlan, listener: FilmListener) {
    this.directory = directory;
    this.names = [...plan.rungs.map(({ name }) => name), ...(plan.audio ? ['audio'] : [])];
    this.listener = listener;
  }

  /** The rungs take turns, so that all can be played from the first moment. */
  async look(): Promise<void> {
    for (const name of this.names) {
      const lengths = listedPieces(await playlistOf(join(this.directory, `${name}.m3u8`)));
      const known = this.done.get(name) ?? 0;
      if (known === 0 && lengths.length > 0) await tell(this.listener, this.directory, `${name}-init.mp4`, null);
      for (const [n, seconds] of lengths.entries()) {
        if (n < known) continue;
        await tell(this.listener, this.directory, `${name}-${n}.m4s`, seconds);
        // An hour in all sizes is many gigabytes: they need not lie here and in the store.
        await rm(join(this.directory, `${name}-${n}.m4s`), { force: true });
      }
      this.done.set(name, lengths.length);
    }
  }
}

/** '' as long as there is none. */
async function playlistOf(path: string): Promise<string> {
  try {
    const file = await openPlain(path);
    try {
      return await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** What is laid over it: pictures that are drawn already, and files. */
export interface Laid {
  readonly pictures: readonly Buffer[];
  readonly files: readonly FilmFile[];
}

/** @throws decode_failed when nothing can be made of it; the signal's reason; what the listener throws */
export async function runFilm(job: VideoJob, source: FilmSource, make: FilmMake, listener: FilmListener, laid: Laid): Promise<void> {
  const { pictures, files } = laid;
  const { filters } = job.tools;
  checkTools(make, filters);
  await furnish(job.room.directory, { make, pictures, files });
  const sources = { source, files: files.map((file) => file.source), filters };
  const { input, output, target } = argsOf(make, sources);
  const { directory } = job.room;
  const watch = make.make === 'ladder' ? new PieceWatch(directory, make, listener) : null;
  const stop = new AbortController();
  await withLinkedSignal([job.options.signal, stop.signal], async (signal) => {
    let running = true;
    const looking = (async () => {
      while (watch && running) {
        await watch.look();
        await sleep(LOOK_MS);
      }
    })().catch((error: unknown) => stop.abort(error));
    try {
      await transcode(
        { ...job, options: { ...job.options, signal } },
        {
          inputOptions: input,
          outputOptions: output,
          output: target,
          demuxers: source.demuxers,
          pictures: pictures.map((_, n) => pictureName(n)),
          films: insetInputs(make, sources.files),
          limits: limitsOf(job.options.deadlineMs),
          onProgress: (seconds) => listener.progress(seconds),
        },
      );
    } finally {
      running = false;
      await looking;
    }
    signal.throwIfAborted();
  });
  if (watch) return watch.look();
  await tell(listener, directory, target, null).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'ENOENT' ? decodeFailed({ detail: 'Nothing could be made of the film.', extra: { reason: 'damaged' } }) : error;
  });
}
