import type { AddressInfo } from 'node:net';
import express from 'express';
import { serveChild } from '../lib/child.ts';

/** `express.static` on a folder, as its documentation shows it: `express-static.ts <folder>`. */

const [folder = ''] = process.argv.slice(2);
const app = express();
app.use(express.static(folder));
const server = app.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  serveChild(
    { url: `http://127.0.0.1:${port}` },
    async () => ({}),
    async () => {
      server.closeAllConnections();
      server.close();
    },
  );
});
