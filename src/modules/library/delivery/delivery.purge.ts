import type { Outbound } from '../../../platform/http/fetch.ts';

/** The call that tells a CDN what to forget. One call for all that is asked for within a moment. */

export interface PurgeTarget {
  /** `CDN_PURGE_URL`, from the operator's own environment. */
  readonly url: string;
  readonly token: string | null;
}

/** Fastly takes 256 keys in one call; others take more. */
export const MAX_KEYS = 256;
const GATHER_MS = 200;
const TIMEOUT_MS = 10_000;

interface Round {
  readonly keys: Set<string>;
  readonly sent: Promise<void>;
  /** Sends without waiting for more. */
  close(): void;
}

export class PurgeCall {
  private readonly outbound: Outbound;
  private readonly target: PurgeTarget;
  private round: Round | null = null;

  /** @param outbound may call private addresses: the target is the operator's */
  constructor(outbound: Outbound, target: PurgeTarget) {
    this.outbound = outbound;
    this.target = target;
  }

  /**
   * Resolves when the CDN has confirmed all of them; equal keys of calls within a moment are sent once.
   * @throws Error when it did not answer with 2xx within 10 s; outbound_failed
   */
  async purge(keys: readonly string[]): Promise<void> {
    const rounds = new Set<Promise<void>>();
    for (const key of keys) {
      const round = this.round ?? this.open();
      round.keys.add(key);
      rounds.add(round.sent);
      if (round.keys.size >= MAX_KEYS) round.close();
    }
    await Promise.all(rounds);
  }

  private open(): Round {
    const keys = new Set<string>();
    let close = (): void => undefined;
    const closed = new Promise<void>((resolve) => {
      const timer = setTimeout(() => close(), GATHER_MS);
      close = () => {
        clearTimeout(timer);
        this.round = null;
        resolve();
      };
    });
    const round = { keys, close: () => close(), sent: closed.then(() => this.send([...keys])) };
    this.round = round;
    return round;
  }

  private async send(keys: readonly string[]): Promise<void> {
    const { url, token } = this.target;
    const answer = await this.outbound.fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ keys }),
      timeoutMs: TIMEOUT_MS,
      maxBytes: 2 ** 20,
      // A redirect would take the token along.
      maxRedirects: 0,
      ports: 'any',
    });
    await answer.bytes();
    if (answer.status < 200 || answer.status > 299) throw new Error(`the purge hook answered ${answer.status}`);
  }
}
