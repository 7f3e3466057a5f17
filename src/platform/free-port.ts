import { createServer } from 'node:net';

function probe(host: string, wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(wanted, host, () => {
      const address = server.address();
      server.close(() => (address !== null && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}

/** A port that was free a moment ago, `wanted` if that is: for whatever must be told before a server listens. */
export function freePort(host: string, wanted = 0): Promise<number> {
  return wanted > 0 ? probe(host, wanted).catch(() => probe(host, 0)) : probe(host, 0);
}
