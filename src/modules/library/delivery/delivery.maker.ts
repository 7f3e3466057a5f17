import { randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Ctx } from '../../../context.ts';
import type { Log } from '../../../platform/log.ts';
import type { Media } from '../../../platform/media/media.ts';
import type { ImagePlan, RenderedImage, Resume } from '../../../platform/media/plan.ts';
import type { Key, Storage } from '../../../platform/storage/storage.ts';
import type { Renditions } from '../renditions/index.ts';
import { DeliveryError } from './delivery.answers.ts';
import type { BytesCache, CachedBytes } from './delivery.bytes.ts';

/** Bytes of a derivative: from memory, from storage, or made now, once however many ask. */

export interface Derivative {
  readonly key: Key;
  readonly recipeHash: string;
  readonly versionId: string;
  readonly mime: string;
  /** What to open, and the plan for its pixels. */
  readonly source: Key;
  /** Size of the source; 0 = not known. */
  readonly sourceBytes: number;
  readonly plan: ImagePlan;
  /** Pictures of its layers, by their numbers. */
  readonly inputs: readonly Key[];
  /** Plans what depends on pixels. */
  readonly resume: Resume;
}

export interface MakerDeps {
  readonly storage: Storage;
  readonly media: Media;
  readonly renditions: Renditions;
  readonly bytes: BytesCache;
  readonly log: Log;
  /** No other process makes derivatives of this library: flights alone keep work single, and claims are not needed. */
  readonly alone: boolean;
  /** A derivative was made, in ms. */
  onRendered(fact: { format: string; ms: number }): void;
  /** Wall clock for one derivative, ms. */
  readonly deadlineMs: number;
}

const POLL_MS = 100;
/** A file that could not be decoded is not tried again for this long. */
const FAILURE_MS = 30_000;
const MAX_FAILURES = 1_000;
/** What is the same next time: the decoder's answers, and what a plan finds when it sees the pixels. */
const LASTING: ReadonlySet<string> = new Set(['decode_failed', 'limit_exceeded', 'EPARAM', 'ELIMIT']);
/** Answered but not yet on disk; more than this waits. */
const MAX_WRITES = 32;

export class Maker {
  private readonly deps: MakerDeps;
  private readonly owner = randomUUID();
  private readonly flights = new Map<Key, Promise<CachedBytes>>();
  private readonly writes = new Set<Promise<void>>();
  private readonly failures = new Map<Key, { error: unknown; until: number }>();

  constructor(deps: MakerDeps) {
    this.deps = deps;
  }

  /** @throws what `Media.render` throws (decode_failed, limit_exceeded, media_busy), DeliveryError ENOENT when the source is gone */
  async get(ctx: Ctx, what: Derivative): Promise<CachedBytes> {
    const hit = this.deps.bytes.get(what.key, ctx.clock.now().getTime());
    if (hit) return hit;
    const running = this.flights.get(what.key);
    if (running) return running;
    const flight = this.fly(ctx, what).finally(() => this.flights.delete(what.key));
    this.flights.set(what.key, flight);
    return flight;
  }

  /** Waits until everything answered is stored. */
  async close(): Promise<void> {
    await Promise.allSettled([...this.flights.values()]);
    await Promise.allSettled([...this.writes]);
  }

  private async fly(ctx: Ctx, what: Derivative): Promise<CachedBytes> {
    return (await this.stored(ctx, what)) ?? (await this.make(ctx, what));
  }

  private async stored(ctx: Ctx, what: Derivative): Promise<CachedBytes | null> {
    const body = await this.deps.storage.read(what.key);
    return body && this.keep(ctx, what, await buffer(body.stream));
  }

  private keep(ctx: Ctx, what: Derivative, data: Buffer): CachedBytes {
    return this.deps.bytes.put(what.key, data, what.mime, ctx.clock.now().getTime());
  }

  /** Makes it. Where there are other processes: takes the claim first; or waits for the process that holds the claim, and takes over when that one is gone. */
  private async make(ctx: Ctx, what: Derivative): Promise<CachedBytes> {
    const { renditions, deadlineMs } = this.deps;
    this.refuseFailed(ctx, what.key);
    if (this.deps.alone) return this.render(ctx, what);
    const end = ctx.clock.now().getTime() + 2 * deadlineMs;
    while (ctx.clock.now().getTime() < end) {
      if (await renditions.claim(ctx, what.key, this.owner, deadlineMs + 5_000)) return this.render(ctx, what);
      await sleep(POLL_MS);
      const made = await this.stored(ctx, what);
      if (made) return made;
    }
    throw new DeliveryError('EBUSY', undefined, {}, { 'Retry-After': '2' });
  }

  private refuseFailed(ctx: Ctx, key: Key): void {
    const failed = this.failures.get(key);
    if (failed && failed.until > ctx.clock.now().getTime()) throw failed.error;
    this.failures.delete(key);
  }

  private async render(ctx: Ctx, what: Derivative): Promise<CachedBytes> {
    const { storage, media, deadlineMs } = this.deps;
    const options = { signal: AbortSignal.timeout(deadlineMs + 5_000), deadlineMs, lane: 'live' as const };
    let rendered: RenderedImage | null;
    const began = performance.now();
    try {
      const bytes = what.sourceBytes || (await storage.head(what.source))?.bytes || 0;
      rendered = await this.withFiles([what.source, ...what.inputs], ([path = '', ...inputs]) =>
        media.render({ path, bytes }, what.plan, options, { inputs, resume: what.resume }),
      );
    } catch (error) {
      this.noteFailure(ctx, what.key, error);
      await this.release(ctx, what.key);
      throw error;
    }
    this.deps.onRendered({ format: what.plan.encode.format, ms: performance.now() - began });
    if (!rendered) {
      await this.release(ctx, what.key);
      throw new DeliveryError('ENOENT');
    }
    await this.write(ctx, what, rendered);
    return this.keep(ctx, what, rendered.data);
  }

  /** All of them as local files at one time; null when one is not there. */
  private withFiles<T>(
    wanted: readonly Key[],
    work: (paths: readonly string[]) => Promise<T>,
    have: readonly string[] = [],
  ): Promise<T | null> {
    const [first, ...rest] = wanted;
    if (first === undefined) return work(have);
    return this.deps.storage.withLocalFile(first, (path) => this.withFiles(rest, work, [...have, path]));
  }

  private async release(ctx: Ctx, key: Key): Promise<void> {
    if (!this.deps.alone) await this.deps.renditions.release(ctx, key, this.owner);
  }

  private noteFailure(ctx: Ctx, key: Key, error: unknown): void {
    const lasting = error instanceof Error && 'code' in error && LASTING.has(String(error.code));
    if (!lasting) return;
    if (this.failures.size >= MAX_FAILURES) this.failures.clear();
    this.failures.set(key, { error, until: ctx.clock.now().getTime() + FAILURE_MS });
  }

  /** Stores in the background: the bytes are right whether or not they could be kept. */
  private async write(ctx: Ctx, what: Derivative, rendered: RenderedImage): Promise<void> {
    const { renditions, log, alone } = this.deps;
    const claim = alone ? {} : { claimedBy: this.owner };
    const run = async () => {
      try {
        await renditions.store(ctx, what.versionId, { key: what.key, recipeHash: what.recipeHash, ...claim }, rendered);
      } catch (error) {
        log.warn({ err: error, key: what.key }, 'a derivative could not be stored; it will be made again');
        await this.release(ctx, what.key).catch((again: unknown) => log.warn({ err: again }, 'a claim was not released'));
      }
    };
    const written = run();
    this.writes.add(written);
    void written.finally(() => this.writes.delete(written));
    if (this.writes.size > MAX_WRITES) await written;
  }
}
