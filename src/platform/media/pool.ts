import type { Log } from '../log.ts';
import { unavailable } from '../../errors.ts';
import { Gate } from './gate.ts';
import type { MediaOptions } from './media.ts';
import type { Resume } from './plan.ts';
import { RasterChild } from './raster-child.ts';
import type { RasterRequest, RasterResults } from './raster/protocol.ts';
import type { Sandbox } from './sandbox.ts';

export interface PoolOptions {
  readonly slots: number;
  readonly sandbox: Sandbox;
  readonly tempDir: string;
  /** Path of the fontconfig file (`fonts.ts`). */
  readonly fontConfig: string;
  readonly log: Log;
  /** Waiting jobs per lane before `media_busy`. */
  readonly maxWaiting?: number;
  /** Jobs after which a child is replaced. */
  readonly recycleAfter?: number;
}

/** A child is replaced after so many jobs, or when it has grown by so much: decoders leak, and this bounds it. */
const RECYCLE_JOBS = 500;
const RECYCLE_GROWTH = 512 * 2 ** 20;

/**
 * Long-lived raster children, started when first needed. One job per child at a time; a child that dies, hangs or is
 * given up takes only its own job along, and the next job starts a new one.
 */
export class RasterPool {
  private readonly gate: Gate;
  private readonly idle: RasterChild[] = [];
  private readonly all = new Set<RasterChild>();
  private readonly options: PoolOptions;
  private closed = false;

  constructor(options: PoolOptions) {
    this.options = options;
    this.gate = new Gate({ slots: options.slots, maxWaiting: options.maxWaiting ?? 256 });
  }

  get load(): { running: number; waiting: number; children: number } {
    return { ...this.gate.load, children: this.all.size };
  }

  /** Process ids of the children, for tests that kill one. */
  get pids(): number[] {
    return [...this.all].flatMap((child) => (child.pid === undefined ? [] : [child.pid]));
  }

  /** Throws `decode_failed`, `limit_exceeded`, `media_busy`, `unavailable`, or the signal's reason. */
  async run<K extends RasterRequest['kind']>(
    request: Extract<RasterRequest, { kind: K }>,
    options: MediaOptions,
    resume: Resume | null = null,
  ): Promise<RasterResults[K]> {
    const release = await this.gate.enter({ lane: options.lane, signal: options.signal, waitMs: options.deadlineMs });
    try {
      if (this.closed) throw unavailable('The service is stopping.');
      const child = this.idle.pop() ?? this.start();
      try {
        return await child.run(request, options, resume);
      } finally {
        if (!child.alive || child.jobs >= (this.options.recycleAfter ?? RECYCLE_JOBS) || child.growth > RECYCLE_GROWTH || this.closed)
          this.drop(child);
        else this.idle.push(child);
      }
    } finally {
      release();
    }
  }

  private start(): RasterChild {
    const child = new RasterChild(this.options, () => this.drop(child));
    this.all.add(child);
    return child;
  }

  private drop(child: RasterChild): void {
    this.all.delete(child);
    const at = this.idle.indexOf(child);
    if (at >= 0) this.idle.splice(at, 1);
    child.kill();
  }

  async close(): Promise<void> {
    this.closed = true;
    const children = [...this.all];
    for (const child of children) child.kill();
    await Promise.all(children.map((child) => child.ended));
  }
}
