import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveChild } from '../lib/child.ts';

/** A bare `node:http` server that sends one file from memory with the headers it is given: `http-memory.ts <file> <headers as JSON>`. */

const [file = '', headers = '{}'] = process.argv.slice(2);
const body = readFileSync(file);
const flat = Object.entries(JSON.parse(headers) as Record<string, string>).flat();
const server = createServer((_req, res) => {
  res.writeHead(200, flat);
  res.end(body);
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  serveChild(
    { url: `http://127.0.0.1:${port}/` },
    async () => ({}),
    async () => {
      server.closeAllConnections();
      server.close();
    },
  );
});
