// IPX as its README serves a folder: serve.mjs <folder> <port>
import { createServer } from 'node:http';
import { createIPX, createIPXNodeServer, ipxFSStorage } from 'ipx';

const [dir, port] = process.argv.slice(2);
createServer(createIPXNodeServer(createIPX({ storage: ipxFSStorage({ dir }) }))).listen(Number(port), '127.0.0.1');
