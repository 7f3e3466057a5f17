import { Agent, request } from 'node:http';

/**
 * Asks for each path once, so many at a time, and finishes what it began: the counterpart of a loop that does the same work
 * without a server. wrk would drop the last answers of a turn, and what the server still does for them would burden the next.
 */
export interface EachOnce {
  /** Works for so many seconds. @returns answers per second. @throws on any answer but 200, and when the paths run out */
  turn(seconds: number): Promise<number>;
  close(): void;
}

export function eachOnce(url: string, paths: readonly string[], concurrency: number): EachOnce {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  const rest = paths.values();
  const one = (path: string) =>
    new Promise<void>((resolve, reject) => {
      const sent = request(new URL(path, url), { agent, headers: { Accept: 'image/webp,*/*' } }, (response) => {
        if (response.statusCode !== 200) reject(new Error(`${path} answered ${response.statusCode}`));
        response.resume().on('end', resolve).on('error', reject);
      });
      sent.on('error', reject).end();
    });
  return {
    async turn(seconds) {
      const begin = performance.now();
      let made = 0;
      const worker = async () => {
        while (performance.now() - begin < seconds * 1_000) {
          const { value, done } = rest.next();
          if (done) throw new Error('there are not enough paths for this machine');
          await one(value);
          made++;
        }
      };
      await Promise.all(Array.from({ length: concurrency }, worker));
      return made / ((performance.now() - begin) / 1_000);
    },
    close: () => agent.destroy(),
  };
}
