import { Agent, type IncomingMessage, request } from 'node:http';
import type { Address } from './mixed-addresses.ts';

/**
 * Readers of a site. One request in ten is for an address nobody has asked for yet, while there are such; the others are for addresses
 * asked before, a few often and most rarely: some with an ETag, some for a part, some for what is not there.
 */

type Kind = 'whole' | 'again' | 'part' | 'absent';

export interface Load {
  /** Answers of each kind that were as they should be. */
  readonly good: Readonly<Record<Kind, number>>;
  /** Answers to the last of all requests so far. */
  readonly total: number;
  /** What was not as it should be, in words; the first twenty. */
  readonly wrong: readonly string[];
  readonly wrongs: number;
  /** Different addresses asked so far. */
  readonly distinct: number;
}

const PART_BYTES = 512;

/** The same numbers each time, 0 <= n < 1. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Starts so many readers at `url`. `stop` waits for their last answers. */
export function mixedLoad(url: string, addresses: readonly Address[], readers: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: readers });
  const next = numbers(42);
  const etags = new Map<string, string>();
  const good = { whole: 0, again: 0, part: 0, absent: 0 };
  const wrong: string[] = [];
  let [total, wrongs, running] = [0, 0, true];

  const get = (path: string, headers: Record<string, string>) =>
    new Promise<{ response: IncomingMessage; bytes: number }>((resolve, reject) => {
      const sent = request(new URL(path, url), { agent, headers: { Accept: 'image/webp,*/*', ...headers } }, (response) => {
        let bytes = 0;
        response
          .on('data', (chunk: Buffer) => void (bytes += chunk.length))
          .on('end', () => resolve({ response, bytes }))
          .on('error', reject);
      });
      sent.on('error', reject).end();
    });

  let fresh = 0;
  function choose(): { kind: Kind; address: Address; etag: string | undefined } {
    const first = fresh < addresses.length && (fresh === 0 || next() < 0.1);
    // Squared: the first tenth of the addresses gets a third of the requests.
    const address = addresses[first ? fresh++ : Math.floor(fresh * next() ** 2)] ?? { path: '/', mime: '' };
    const etag = etags.get(address.path);
    const dice = first ? 1 : next();
    if (dice < 0.03) return { kind: 'absent', address, etag };
    if (etag !== undefined && dice < 0.18) return { kind: 'again', address, etag };
    return { kind: etag !== undefined && dice < 0.25 ? 'part' : 'whole', address, etag };
  }

  /** What is wrong with the answer; null when nothing is. */
  function fault(kind: Kind, address: Address, etag: string | undefined, response: IncomingMessage, bytes: number): string | null {
    const { statusCode: status, headers } = response;
    const expected = { whole: 200, again: 304, part: 206, absent: 404 }[kind];
    if (status !== expected) return `status ${status} for ${expected}, ${String(headers['ik-error'] ?? '')}`;
    if (kind === 'absent') return null;
    if (etag !== undefined && headers.etag !== etag) return `ETag ${headers.etag} after ${etag}`;
    if (kind === 'again') return bytes === 0 ? null : `${bytes} bytes with 304`;
    if (headers['content-type'] !== address.mime) return `${headers['content-type']} for ${address.mime}`;
    if (kind === 'part') return bytes === PART_BYTES ? null : `${bytes} bytes for a part of ${PART_BYTES}`;
    return bytes > 0 && bytes === Number(headers['content-length'] ?? bytes) ? null : `${bytes} of ${headers['content-length']} bytes`;
  }

  async function one(): Promise<void> {
    const { kind, address, etag } = choose();
    const path = kind === 'absent' ? address.path.replace('?', '-absent?') : address.path;
    const headers: Record<string, string> = {};
    if (kind === 'again' && etag !== undefined) headers['If-None-Match'] = etag;
    if (kind === 'part') headers['Range'] = `bytes=0-${PART_BYTES - 1}`;
    let said: string | null;
    try {
      const { response, bytes } = await get(path, headers);
      said = fault(kind, address, etag, response, bytes);
      if (kind === 'whole' && said === null && response.headers.etag) etags.set(address.path, response.headers.etag);
    } catch (error) {
      said = String(error);
    }
    total++;
    if (said === null) good[kind]++;
    else if (++wrongs <= 20) wrong.push(`${kind} ${path}: ${said}`);
  }

  const reader = async () => {
    while (running) await one();
  };
  const done = Promise.all(Array.from({ length: readers }, reader));
  return {
    state: (): Load => ({ good: { ...good }, total, wrong: [...wrong], wrongs, distinct: etags.size }),
    async stop() {
      running = false;
      await done;
      agent.destroy();
    },
  };
}
