import { randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import type { Ctx } from '../../../context.ts';
import type { Log } from '../../../platform/log.ts';
import type { Media, MediaOptions, VectorWish } from '../../../platform/media/media.ts';
import type { ImagePlan, RenderedImage, Resume } from '../../../platform/media/plan.ts';
import type { Key, Storage } from '../../../platform/storage/storage.ts';
import { mezzaninePlan, type Renditions } from '../renditions/index.ts';
import { DeliveryError } from './delivery.answers.ts';
import { withLocalFiles } from './delivery.files.ts';
import type { BytesCache, CachedBytes } from './delivery.bytes.ts';
import type { Releases } from './delivery.releases.ts';
import type { Drawn } from './delivery.stills.ts';
import { type TagSource, withTags } from './delivery.tagged.ts';

/** Bytes of a derivative: from memory, from storage, or made now, once however many ask. */

/** Under which names something is kept. */
interface Named {
  readonly key: Key;
  readonly recipeHash: string;
  readonly versionId: string;
}

export interface Derivative extends Named {
  readonly mime: string;
  /** Without the dot. */
  readonly extension: string;
  /** What to open, and the plan for its pixels. */
  readonly source: Key;
  /** Size of the source; 0 = not known. */
  readonly sourceBytes: number;
  /** How the source is made when it is not there yet; null = it is. */
  readonly drawn: Drawn | null;
  readonly plan: ImagePlan;
  /** It is an SVG written anew, and the plan counts for nothing; null = a raster. */
  readonly vector: VectorWish | null;
  /** The file whose metadata it keeps; null = none. */
  readonly tagsFrom: TagSource | null;
  /** Pictures of its layers, by their numbers. */
  readonly inputs: readonly Key[];
  /** Typefaces of its texts, by theirs. */
  readonly fonts: readonly Key[];
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
  /** Claims given back by this and other processes. */
  readonly releases: Pick<Releases, 'next'>;
}

/** Pages and frames drawn or waiting at a time in one process: they take a sandbox and seconds each, and must not hold up the rest. */
const MAX_DRAWN = 16;
/** A file that could not be decoded is not tried again for this long. */
const FAILURE_MS = 30_000;
const MAX_FAILURES = 1_000;
/** What is the same next time: the decoder's answers, and what a plan finds when it sees the pixels. */
const LASTING: ReadonlySet<string> = new Set(['decode_failed', 'limit_exceeded', 'EPARAM', 'ELIMIT']);
/** Answered but not yet on disk; more than this waits. */
const MAX_WRITES = 32;

const busy = () => new DeliveryError('EBUSY', undefined, {}, { 'Retry-After': '2' });

export class Maker {
  private readonly deps: MakerDeps;
  private readonly owner = randomUUID();
  private readonly flights = new Map<Key, Promise<CachedBytes>>();
  private readonly drawings = new Map<Key, Promise<unknown>>();
  private readonly writes = new Map<Key, Promise<void>>();
  private readonly failures = new Map<Key, { error: unknown; until: number }>();

  constructor(deps: MakerDeps) {
    this.deps = deps;
  }

  /** Whether it is in memory, or being made for somebody. */
  has(ctx: Ctx, key: Key): boolean {
    return this.flights.has(key) || this.deps.bytes.get(key, ctx.clock.now().getTime()) !== null;
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
    await Promise.allSettled([...this.flights.values(), ...this.drawings.values()]);
    await Promise.allSettled([...this.writes.values()]);
  }

  private async fly(ctx: Ctx, what: Derivative): Promise<CachedBytes> {
    const stored = () => this.stored(ctx, what);
    const have = await stored();
    if (have) return have;
    if (what.drawn) await this.draw(ctx, what.drawn);
    return this.make(ctx, what, stored, async () => this.keep(ctx, what, await this.render(ctx, what)));
  }

  /** Sees to it that the still is there, for this request and all others of its page or second. */
  private async draw(ctx: Ctx, drawn: Drawn): Promise<void> {
    const { key } = drawn;
    if (this.drawings.size >= MAX_DRAWN && !this.drawings.has(key)) throw busy();
    const there = async () => (await this.deps.storage.head(key)) !== null || null;
    const drawing =
      this.drawings.get(key) ??
      (async () => {
        if (await there()) return;
        await this.make(ctx, drawn, there, async () => {
          await this.produce(ctx, drawn, (options) => this.still(drawn, options));
          await this.writes.get(key);
          return true;
        });
        // It could not be kept, and what follows opens it from there.
        if (!(await there())) throw busy();
      })().finally(() => this.drawings.delete(key));
    this.drawings.set(key, drawing);
    await drawing;
  }

  private async stored(ctx: Ctx, what: Derivative): Promise<CachedBytes | null> {
    const body = await this.deps.storage.read(what.key);
    return body && this.keep(ctx, what, { data: await buffer(body.stream) });
  }

  private keep(ctx: Ctx, what: Derivative, { data }: { data: Buffer }): CachedBytes {
    return this.deps.bytes.put(what.key, data, what.mime, ctx.clock.now().getTime());
  }

  /** Makes it. Where there are other processes: takes the claim first; or waits for the process that holds the claim, and takes over when that one is gone. */
  private async make<T>(ctx: Ctx, { key }: Named, stored: () => Promise<T | null>, work: () => Promise<T>): Promise<T> {
    const { renditions, deadlineMs, releases } = this.deps;
    this.refuseFailed(ctx, key);
    if (this.deps.alone) return work();
    const end = ctx.clock.now().getTime() + 2 * deadlineMs;
    while (ctx.clock.now().getTime() < end) {
      if (await renditions.claim(ctx, key, this.owner, deadlineMs + 5_000)) return work();
      await releases.next(key);
      const made = await stored();
      if (made) return made;
    }
    throw busy();
  }

  private refuseFailed(ctx: Ctx, key: Key): void {
    const failed = this.failures.get(key);
    if (failed && failed.until > ctx.clock.now().getTime()) throw failed.error;
    this.failures.delete(key);
  }

  private async render(ctx: Ctx, what: Derivative): Promise<RenderedImage> {
    const { storage, media } = this.deps;
    const began = performance.now();
    const rendered = await this.produce(ctx, what, async (options) => {
      const bytes = what.sourceBytes || (await storage.head(what.source))?.bytes || 0;
      const { tagsFrom, vector } = what;
      if (vector) return storage.withLocalFile(what.source, (path) => media.vector({ path, bytes }, vector, options));
      const made = await withLocalFiles(storage, [what.source, ...what.inputs, ...what.fonts], ([path = '', ...others]) => {
        const [inputs, fonts] = [others.slice(0, what.inputs.length), others.slice(what.inputs.length)];
        return media.render({ path, bytes }, what.plan, options, { inputs, fonts, resume: what.resume });
      });
      return made && tagsFrom ? withTags(this.deps, tagsFrom, made, options) : made;
    });
    this.deps.onRendered({ format: what.vector ? 'svg' : what.plan.encode.format, ms: performance.now() - began });
    return rendered;
  }

  /** The page or frame as a mezzanine: decoded in the sandbox, kept at a size that every derivative can be made from. */
  private still({ original, bytes, identified, wanted }: Drawn, options: MediaOptions): Promise<RenderedImage | null> {
    const { storage, media } = this.deps;
    return storage.withLocalFile(original, (path) =>
      media.withStill(
        { path, bytes },
        identified,
        { ...options, page: wanted.page, atSeconds: wanted.second, layers: wanted.layers ?? null },
        async (still) => {
          const file = { path: still.path, bytes: 0 };
          const pixels = await media.pixels(file, options);
          return media.render(file, mezzaninePlan({ width: still.width, height: still.height, ...pixels }), options);
        },
      ),
    );
  }

  /** Does the work within the deadline and stores what comes of it. @throws DeliveryError ENOENT when what it is made from is gone */
  private async produce(ctx: Ctx, what: Named, work: (options: MediaOptions) => Promise<RenderedImage | null>): Promise<RenderedImage> {
    const { deadlineMs } = this.deps;
    let made: RenderedImage | null;
    try {
      made = await work({ signal: AbortSignal.timeout(deadlineMs + 5_000), deadlineMs, lane: 'live' });
    } catch (error) {
      this.noteFailure(ctx, what.key, error);
      await this.release(ctx, what.key);
      throw error;
    }
    if (!made) {
      await this.release(ctx, what.key);
      throw new DeliveryError('ENOENT');
    }
    await this.write(ctx, what, made);
    return made;
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
  private async write(ctx: Ctx, what: Named, rendered: RenderedImage): Promise<void> {
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
    this.writes.set(what.key, written);
    void written.finally(() => this.writes.delete(what.key));
    if (this.writes.size > MAX_WRITES) await written;
  }
}
