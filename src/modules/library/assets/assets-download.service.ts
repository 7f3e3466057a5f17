import type { Actor, Ctx } from '../../../context.ts';
import { notFound } from '../../../errors.ts';
import type { Key, Storage } from '../../../platform/storage/storage.ts';

/** Shares, portals and guests are never sent to the store: what they hold may end at any moment, an address cannot be taken back. */
const SENT: ReadonlySet<Actor['kind']> = new Set<Actor['kind']>(['user', 'api_key']);
/** Smaller ones are with us as quickly as with a second connection. */
const OVER_BYTES = 64e6;
/** Long enough to begin a download; whoever finds the address later finds nothing. */
const SECONDS = 60;

export interface DownloadsDeps {
  storage: Storage;
  /** Whether addresses are given out at all, where the store has them. */
  presigned: boolean;
  /** Files of more bytes than this; default 64 MB. */
  overBytes?: number;
}

interface Download {
  readonly key: Key;
  readonly bytes: number;
  readonly mime: string;
  readonly filename: string;
}

/** Which downloads go to the store itself; the caller has checked the right to this file. */
export class DownloadsService {
  readonly #deps: DownloadsDeps;

  constructor(deps: DownloadsDeps) {
    this.#deps = deps;
  }

  /**
   * The store's own address of this file, good for a minute and for anybody who has it, so it is told to the caller alone and never
   * logged. Null when the file is to be sent by us.
   * @throws not_found when the store does not have the file, unavailable when it cannot be asked
   */
  async addressOf(ctx: Ctx, { key, bytes, mime, filename }: Download): Promise<string | null> {
    const { storage, presigned, overBytes = OVER_BYTES } = this.#deps;
    if (!presigned || !storage.features.presignedGet || !storage.presignedGet) return null;
    if (!SENT.has(ctx.actor.kind) || bytes <= overBytes) return null;
    // What is wrong is told by us: the store's own page of an error is for nobody.
    if ((await storage.head(key)) === null) throw notFound();
    return storage.presignedGet(key, { filename, mime, seconds: SECONDS });
  }
}
