import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { unavailable } from '../../errors.ts';
import type { Log } from '../log.ts';
import { childEntry, childEnvironment } from './environment.ts';
import { decodeFailed, limitExceeded, type MediaOptions } from './media.ts';
import type { Resume } from './plan.ts';
import type { ChildMessage, RasterRequest, RasterResults, RequestMessage, ResumeMessage } from './raster/protocol.ts';
import type { RasterLimit } from './raster/raster-error.ts';
import { type JobRoom, killGroup, type Sandbox } from './sandbox.ts';

interface Pending {
  readonly id: number;
  readonly resume: Resume | null;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** Enough for a picture of the largest allowed size with libvips' caches; a decoder gone wild ends here. */
const ADDRESS_SPACE = 8 * 2 ** 30;
/** The start of node and sharp counts apart from the job's own deadline. */
const START_MS = 20_000;

export interface RasterChildOptions {
  readonly sandbox: Sandbox;
  readonly tempDir: string;
  /** Path of the fontconfig file. */
  readonly fontConfig: string;
  readonly log: Log;
  /** It sees this room and nothing else: for one job. */
  readonly room?: JobRoom;
}

/** One long-lived child. `kill` ends it and fails its job; it never comes back. */
export class RasterChild {
  jobs = 0;
  private readonly proc: ChildProcess;
  private readonly log: Log;
  private readonly onEnd: () => void;
  private readonly ready: Promise<void>;
  readonly ended: Promise<unknown>;
  private pending: Pending | null = null;
  private firstRss = 0;
  private lastRss = 0;
  private state: 'starting' | 'ready' | 'ended' = 'starting';
  private unfit: string | null = null;

  constructor(options: RasterChildOptions, onEnd: () => void) {
    this.log = options.log;
    this.onEnd = onEnd;
    const { path, execArgv } = childEntry('raster/child');
    const limits = { addressSpace: ADDRESS_SPACE, openFiles: 256 };
    const [command = process.execPath, ...args] = options.sandbox.wrap([process.execPath, ...execArgv], limits, options.room);
    this.proc = fork(path, [], {
      execPath: command,
      execArgv: args,
      env: childEnvironment(options.tempDir, { VIPS_BLOCK_UNTRUSTED: '1', FONTCONFIG_FILE: options.fontConfig }),
      serialization: 'advanced',
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.ended = once(this.proc, 'exit').catch(() => undefined);
    this.ready = this.listen();
    // A child that dies while starting is reported by the job that waits for it.
    this.ready.catch(() => undefined);
  }

  get alive(): boolean {
    return this.state !== 'ended';
  }

  get pid(): number | undefined {
    return this.proc.pid;
  }

  /** Resident bytes gained since the first answer. */
  get growth(): number {
    return this.lastRss - this.firstRss;
  }

  /** Does one job; the child is killed at the deadline or when the signal aborts. What `resume` throws fails the job. */
  async run<K extends RasterRequest['kind']>(
    request: Extract<RasterRequest, { kind: K }>,
    options: Pick<MediaOptions, 'signal' | 'deadlineMs'>,
    resume: Resume | null = null,
  ): Promise<RasterResults[K]> {
    await this.ready;
    options.signal.throwIfAborted();
    this.jobs += 1;
    const message: RequestMessage = { id: this.jobs, request };
    return new Promise<RasterResults[K]>((resolve, reject) => {
      const finish = () => {
        clearTimeout(timer);
        options.signal.removeEventListener('abort', onAbort);
        // Whoever is waiting by now may be another.
        if (this.pending?.id === message.id) this.pending = null;
      };
      const fail = (error: unknown) => {
        finish();
        reject(error);
      };
      const timer = setTimeout(() => {
        fail(decodeFailed({ detail: 'Decoding took too long and was stopped.', extra: { reason: 'timeout' } }));
        this.kill();
      }, options.deadlineMs);
      const onAbort = () => {
        fail(options.signal.reason);
        this.kill();
      };
      options.signal.addEventListener('abort', onAbort, { once: true });
      this.pending = {
        id: message.id,
        resume,
        resolve: (value) => {
          finish();
          // The child answers each kind with its own result (raster/work.ts).
          resolve(value as RasterResults[K]);
        },
        reject: fail,
      };
      const unsent = (cause: unknown) => fail(decodeFailed({ detail: 'The decoder stopped.', extra: { reason: 'damaged' }, cause }));
      try {
        this.proc.send(message, (error) => {
          if (error && this.pending?.id === message.id) unsent(error);
        });
      } catch (error) {
        // What cannot be cloned is thrown at once.
        unsent(error);
      }
    });
  }

  kill(): void {
    if (this.state === 'ended') return;
    this.state = 'ended';
    killGroup(this.proc.pid);
    if (this.proc.connected) this.proc.disconnect();
    this.onEnd();
  }

  private listen(): Promise<void> {
    let noise = '';
    this.proc.stderr?.on('data', (chunk: Buffer) => {
      if (noise.length < 4096) noise += chunk.toString('utf8');
    });
    return new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(unavailable('The image decoder did not start in time.'));
        this.kill();
      }, START_MS);
      const ended = (cause?: unknown) => {
        clearTimeout(timer);
        const wasKilled = this.state === 'ended';
        this.state = 'ended';
        reject(unavailable({ detail: this.unfit ?? 'The image decoder could not be started.', cause }));
        if (!wasKilled)
          this.log.warn({ stderr: noise.slice(0, 2000), pid: this.proc.pid, jobs: this.jobs }, 'an image decoder ended by itself');
        this.pending?.reject(decodeFailed({ detail: 'The decoder crashed on this file.', extra: { reason: 'damaged' } }));
        this.onEnd();
      };
      this.proc.once('error', ended);
      this.proc.once('exit', () => ended());
      this.proc.on('message', (message: ChildMessage) => {
        if (message.type === 'unfit') {
          this.unfit = message.message;
          this.log.error({ reason: message.message }, 'the image decoder refuses to start');
          killGroup(this.proc.pid);
        } else if (message.type === 'ready') {
          clearTimeout(timer);
          if (this.state === 'starting') this.state = 'ready';
          this.firstRss = message.rss;
          resolve();
        } else this.receive(message);
      });
    });
  }

  private resume(pending: Pending, { id, rest, size }: Extract<ChildMessage, { type: 'late' }>): void {
    let next: ResumeMessage['resume'] = null;
    try {
      next = pending.resume?.(rest, size) ?? null;
    } catch (error) {
      pending.reject(error);
    }
    // Told also when it is over: the child then ends the job and is free for the next.
    const answer: ResumeMessage = { id, resume: next };
    this.proc.send(answer, () => undefined);
  }

  private receive(message: Exclude<ChildMessage, { type: 'ready' | 'unfit' }>): void {
    this.lastRss = message.rss;
    if (this.pending?.id !== message.id) return;
    if (message.type === 'done') this.pending.resolve(message.value);
    else if (message.type === 'late') this.resume(this.pending, message);
    else this.pending.reject(refusal(message.reason, message.message, message.limit));
  }
}

/** Turns a child's refusal into the error callers know. */
export function refusal(reason: string, message: string, limit: RasterLimit | null = null): Error {
  return reason === 'too_large'
    ? limitExceeded({ detail: message, extra: { reason, ...limit } })
    : decodeFailed({ detail: message, extra: { reason } });
}
