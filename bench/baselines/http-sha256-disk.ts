import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { serveChild } from '../lib/child.ts';

/**
 * The least a server can do that keeps a file: a bare `node:http` that hashes the raw body, writes it, and answers when file and
 * folder are on disk. `http-sha256-disk.ts <folder>`; any question removes what was stored.
 */

const [folder = ''] = process.argv.slice(2);
const stored: string[] = [];

async function keep(req: IncomingMessage): Promise<string> {
  const path = join(folder, `${process.pid}-${stored.length}`);
  stored.push(path);
  const hash = createHash('sha256');
  req.on('data', (chunk: Buffer) => hash.update(chunk));
  await pipeline(req, createWriteStream(path, { flags: 'wx', highWaterMark: 2 ** 20 }));
  for (const each of [path, folder]) {
    const handle = await open(each, 'r');
    await handle.sync();
    await handle.close();
  }
  return hash.digest('hex');
}

const server = createServer((req, res) => {
  keep(req).then(
    (sha256) => res.writeHead(201, { 'Content-Type': 'application/json' }).end(JSON.stringify({ sha256 })),
    (error: unknown) => res.writeHead(500).end(String(error)),
  );
});
server.requestTimeout = 0;
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  const clean = async () => {
    for (const path of stored) await rm(path, { force: true });
    return {};
  };
  serveChild({ url: `http://127.0.0.1:${port}/` }, clean, async () => {
    server.closeAllConnections();
    server.close();
    await clean();
  });
});
