import ffmpeg from 'fluent-ffmpeg';
import { writeLauncher } from './ffmpeg-launcher.ts';
import { decodeFailed, type MediaOptions } from './media.ts';
import type { JobRoom, Limits, Sandbox } from './sandbox.ts';
import type { FfmpegTools } from './tools.ts';

const INPUT = 'file:input';

export interface VideoJob {
  readonly sandbox: Sandbox;
  readonly tools: FfmpegTools;
  readonly room: JobRoom;
  readonly options: MediaOptions;
}

/** `00:01:02.50` as 62.5; 0 when it is none. */
export function secondsOf(timemark: string): number {
  const seconds = timemark.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return Number.isFinite(seconds) ? Math.max(0, seconds) : 0;
}

export interface Run {
  readonly inputOptions: readonly string[];
  readonly outputOptions: readonly string[];
  /** File name in the room. */
  readonly output: string;
  readonly demuxers: string;
  /** PNG files in the room that are inputs too, after the film. */
  readonly pictures?: readonly string[];
  /** Other films in the room, after the pictures: name, demuxers, and arguments of the input. */
  readonly films?: readonly { readonly name: string; readonly demuxers: string; readonly options: readonly string[] }[];
  readonly limits: Limits;
  /** Told how many seconds of the result are there, now and then. */
  readonly onProgress?: (seconds: number) => void;
}

/**
 * fluent-ffmpeg keeps the program's path for the whole process, not for one command, and starts it some turns later (the first time after it has
 * asked for formats and encoders). A second command in that time would start the first one in its own room, on its own film: one after the other.
 */
let begun: Promise<void> = Promise.resolve();

/** Waits for its turn to start a program. @returns to be called when the program runs, or will not */
async function turn(): Promise<() => void> {
  let done: () => void = () => undefined;
  const before = begun;
  begun = new Promise<void>((resolve) => {
    done = resolve;
  });
  await before;
  return done;
}

/** One ffmpeg run through fluent-ffmpeg and the launcher; the output lies in the room. Throws `decode_failed` or the signal's reason. */
export async function transcode(job: VideoJob, run: Run): Promise<void> {
  const { signal, deadlineMs } = job.options;
  signal.throwIfAborted();
  const launcher = await writeLauncher(job.sandbox, job.room, job.tools.ffmpeg, run.demuxers, run.limits);
  const running = await turn();
  await new Promise<void>((resolve, reject) => {
    signal.throwIfAborted();
    let stopped: unknown = null;
    const command = ffmpeg(INPUT, { cwd: job.room.directory })
      .setFfmpegPath(launcher)
      // As arguments, not as one list: of a list, fluent-ffmpeg splits what holds one space. And of none it would make one.
      .inputOptions('-accurate_seek', ...run.inputOptions)
      .outputOptions('-sn', '-dn', '-map_metadata', '-1', '-map_chapters', '-1', ...run.outputOptions);
    for (const name of run.pictures ?? []) {
      command.input(`file:${name}`).inputOptions('-protocol_whitelist', 'file', '-format_whitelist', 'png_pipe', '-f', 'png_pipe');
    }
    for (const { name, demuxers, options } of run.films ?? []) {
      command.input(`file:${name}`).inputOptions('-protocol_whitelist', 'file', '-format_whitelist', demuxers, ...options);
    }
    const stop = (reason: unknown) => {
      stopped = reason;
      command.kill('SIGKILL');
    };
    const onAbort = () => stop(signal.reason);
    const timer = setTimeout(
      () => stop(decodeFailed({ detail: 'Converting took too long and was stopped.', extra: { reason: 'timeout' } })),
      deadlineMs,
    );
    signal.addEventListener('abort', onAbort, { once: true });
    const finish = (error?: Error) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      if (stopped) reject(stopped);
      else if (error) {
        reject(decodeFailed({ detail: 'The film or recording could not be decoded.', extra: { reason: 'damaged' }, cause: error }));
      } else resolve();
    };
    if (run.onProgress) command.on('progress', ({ timemark }: { timemark?: string }) => run.onProgress?.(secondsOf(timemark ?? '')));
    command.on('start', () => {
      running();
      // Before that there was nothing to be killed.
      if (stopped !== null) command.kill('SIGKILL');
    });
    command.on('end', () => finish()).on('error', (error: Error) => finish(error));
    // `file:` keeps ffmpeg from reading the name as a protocol or a number pattern.
    command.save(`file:${run.output}`);
  }).finally(running);
}
