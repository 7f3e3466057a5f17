import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PreparedHead } from '../../../platform/http/prepared.ts';
import { accepts } from '../renditions/index.ts';
import { type Decided, savesData } from './delivery.headers.ts';
import type { CachedBytes } from './delivery.bytes.ts';
import type { UsageCount } from './usage.count.ts';

/**
 * Answers repeated requests for hot public derivatives on the bare HTTP server, before any framework. An answer is kept
 * only as long as the decision behind it is fresh, and is dropped at once when its asset changes.
 */

export interface HotAnswer {
  readonly assetId: string;
  readonly bytes: CachedBytes;
  /** Of a 200. */
  readonly head: PreparedHead;
  /** With the quotes. */
  readonly etag: string;
  /** Of a 304. */
  readonly notModified: PreparedHead;
  /** ms; the decision behind it is not trusted longer. */
  readonly freshUntil: number;
}

export interface HotStats {
  hits: number;
}

const MAX_URLS = 20_000;
const MAX_ACCEPTS = 500;
/** Longer addresses are nobody's hot picture, and anybody can make up as many as they like. */
const MAX_URL = 1_000;

/** Index 0-3 of what a client accepts; answers are kept per bucket, not per header text. */
class Buckets {
  private readonly known = new Map<string, number>();

  of(header: string | undefined): number {
    if (header === undefined) return 0;
    const known = this.known.get(header);
    if (known !== undefined) return known;
    const { avif, webp } = accepts(header);
    const bucket = (avif ? 2 : 0) + (webp ? 1 : 0);
    if (this.known.size >= MAX_ACCEPTS) this.known.clear();
    this.known.set(header, bucket);
    return bucket;
  }
}

/** By what the client accepts, and from 4 on for those that save data. */
type Variants = (HotAnswer | undefined)[];
const ALL = [0, 1, 2, 3, 4, 5, 6, 7] as const;
const ACCEPT = 3;
const SAVES = 4;
const maskOf = (decided: Decided): number => (decided.accept ? ACCEPT : 0) | (decided.saveData ? SAVES : 0);

/** The app. */
type Next = (req: IncomingMessage, res: ServerResponse) => void;

/** An answer that is being made, and the requests that wait for it. */
interface Flight {
  readonly assetId: string;
  /** The asset has changed since it was decided what the answer is. */
  outdated: boolean;
  readonly mask: number;
  readonly variant: number;
  readonly waiting: (() => void)[];
}

export interface Expected {
  /** Keeps it, unless the asset has changed meanwhile: then everybody decides anew. */
  keep(answer: HotAnswer): void;
  /** To be called when it is kept, or when nothing came of it. */
  free(): void;
}

/** As many at a time: in between the process does its other work, the storing of what was just made among it. */
const AT_ONCE = 20;

function answerAll(waiting: (() => void)[]): void {
  for (const go of waiting.splice(0, AT_ONCE)) go();
  if (waiting.length > 0) setImmediate(answerAll, waiting);
}

/** More than this go their own way, where the limits of the app hold. */
const MAX_WAITING = 5_000;

export class HotTable {
  readonly stats: HotStats = { hits: 0 };
  private readonly buckets = new Buckets();
  private readonly urls = new Map<string, Variants>();
  private readonly byAsset = new Map<string, Set<string>>();
  private readonly flights = new Map<string, Flight[]>();
  private readonly now: () => number;
  private readonly saveData: boolean;
  private readonly count: UsageCount['count'];

  /**
   * @param now clock in ms
   * @param count told of every answer
   * @param saveData whether `Save-Data` is heeded
   */
  constructor(now: () => number, count: UsageCount['count'], saveData = false) {
    this.now = now;
    this.count = count;
    this.saveData = saveData;
  }

  /** Answers the request and returns true; or keeps it while its answer is being made; or leaves it untouched and returns false. */
  readonly handle = (req: IncomingMessage, res: ServerResponse, next: Next): boolean => {
    const url = req.url ?? '';
    const variants = this.urls.get(url);
    if (req.method !== 'GET') return false;
    if (variants === undefined) return this.waits(url, req, res, next);
    const headers = req.headers;
    if (headers.range !== undefined) return false;
    const hit = variants[this.variantOf(headers)];
    const now = this.now();
    if (hit === undefined || hit.freshUntil <= now || !hit.bytes.alive) return this.waits(url, req, res, next);
    const match = headers['if-none-match'];
    if (match !== undefined && match !== hit.etag) return false;
    this.stats.hits++;
    if (match === undefined) hit.head.send(req, res, hit.bytes.data, now);
    else hit.notModified.send(req, res, undefined, now);
    this.count(hit.assetId, match === undefined ? hit.bytes.data.length : 0, match !== undefined);
    return true;
  };

  /** A request for what is being made at this moment takes no way of its own: it is answered with the others, or goes to the app when nothing came of it. */
  private waits(url: string, req: IncomingMessage, res: ServerResponse, next: Next): boolean {
    const flights = this.flights.get(url);
    if (flights === undefined || req.headers.range !== undefined || req.headers['if-none-match'] !== undefined) return false;
    const own = this.variantOf(req.headers);
    const flight = flights.find(({ mask, variant }) => (own & mask) === (variant & mask));
    if (flight === undefined || flight.waiting.length >= MAX_WAITING) return false;
    flight.waiting.push(() => {
      if (!res.destroyed && !this.handle(req, res, next)) next(req, res);
    });
    return true;
  }

  /**
   * Says that the answer for this raw URL is being made, for clients whose headers decide alike where they decide.
   * @param assetId what was decided about it is true until it changes
   */
  expect(url: string, headers: IncomingMessage['headers'], decided: Decided, assetId: string): Expected {
    const flight: Flight = { assetId, outdated: false, mask: maskOf(decided), variant: this.variantOf(headers), waiting: [] };
    const flights = this.flights.get(url) ?? [];
    flights.push(flight);
    this.flights.set(url, flights);
    const free = () => {
      const others = (this.flights.get(url) ?? []).filter((each) => each !== flight);
      if (others.length === 0) this.flights.delete(url);
      else this.flights.set(url, others);
      answerAll(flight.waiting.splice(0));
    };
    const keep = (answer: HotAnswer) => {
      if (!flight.outdated) this.keep(url, headers, decided, answer);
    };
    return { keep, free };
  }

  private variantOf(headers: IncomingMessage['headers']): number {
    const bucket = this.buckets.of(headers.accept);
    return this.saveData && headers['save-data'] !== undefined && savesData(headers['save-data']) ? bucket + SAVES : bucket;
  }

  /** Keeps an answer for this raw URL, for clients whose headers decide alike where they decide. */
  private keep(url: string, headers: IncomingMessage['headers'], decided: Decided, answer: HotAnswer): void {
    if (!answer.bytes.alive || url.length > MAX_URL) return;
    const own = this.variantOf(headers);
    const variants: Variants = this.urls.get(url) ?? [];
    const mask = maskOf(decided);
    for (const each of ALL) if ((each & mask) === (own & mask)) variants[each] = answer;
    this.urls.set(url, variants);
    const urls = this.byAsset.get(answer.assetId) ?? new Set();
    this.byAsset.set(answer.assetId, urls.add(url));
    for (const [oldest, old] of this.urls) {
      if (this.urls.size <= MAX_URLS) break;
      this.forget(oldest, old);
    }
  }

  private forget(url: string, variants: Variants): void {
    this.urls.delete(url);
    for (const variant of variants) {
      const urls = variant && this.byAsset.get(variant.assetId);
      if (!variant || !urls) continue;
      urls.delete(url);
      if (urls.size === 0) this.byAsset.delete(variant.assetId);
    }
  }

  dropAsset(assetId: string): void {
    for (const url of this.byAsset.get(assetId) ?? []) this.urls.delete(url);
    this.byAsset.delete(assetId);
    this.outdate((flight) => flight.assetId === assetId);
  }

  /** As many as are being made at this moment: few. */
  private outdate(which: (flight: Flight) => boolean): void {
    for (const flights of this.flights.values()) for (const flight of flights) if (which(flight)) flight.outdated = true;
  }

  clear(): void {
    this.outdate(() => true);
    this.urls.clear();
    this.byAsset.clear();
  }
}
