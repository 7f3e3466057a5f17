import { createHash } from 'node:crypto';
import { Agent, request } from 'node:http';

/** Equal requests at once, over connections that are open already where they can be. */

export interface Answer {
  /** From the sending of the whole burst to the end of this body, ms. */
  readonly ms: number;
  readonly status: number;
  readonly digest: string;
}

export interface Burst {
  /** One request for each address, all at once. @returns in the order of `urls` */
  send(urls: readonly string[]): Promise<Answer[]>;
  close(): void;
}

/** @param headers sent with each request */
export function bursts(atOnce: number, headers: Readonly<Record<string, string>>): Burst {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce, maxFreeSockets: atOnce });
  const one = (url: string, began: number) =>
    new Promise<Answer>((resolve, reject) => {
      const sent = request(url, { agent, headers }, (response) => {
        const hash = createHash('sha1');
        response
          .on('data', (chunk: Buffer) => void hash.update(chunk))
          .on('end', () => resolve({ ms: performance.now() - began, status: response.statusCode ?? 0, digest: hash.digest('hex') }))
          .on('error', reject);
      });
      sent.on('error', reject).end();
    });
  return {
    async send(urls) {
      const began = performance.now();
      return Promise.all(urls.map((url) => one(url, began)));
    },
    close: () => agent.destroy(),
  };
}

/** The value that this share of the others does not pass (nearest rank). */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}
