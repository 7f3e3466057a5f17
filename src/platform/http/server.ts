import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { KEEP_ALIVE_MS } from './prepared.ts';
import { closeEventStreams } from './sse.ts';

/** The listening side: a fast path before Express, time limits that let honest uploads live, and an orderly end. */

export interface HttpServer {
  readonly server: Server;
  /** @returns the port in use */
  listen(port: number, host: string): Promise<number>;
  /**
   * Stops accepting, ends event streams and idle connections, lets running requests finish.
   * @returns how many requests were cut because they took longer than `graceMs`
   */
  close(graceMs: number): Promise<{ cut: number }>;
}

export type Handler = (req: IncomingMessage, res: ServerResponse) => void;

/**
 * Answers by itself and returns true, or leaves the request alone; must be synchronous and must not throw. It may also return true and answer
 * later, or call `next` later, which is the app.
 */
export type HotPath = (req: IncomingMessage, res: ServerResponse, next: Handler) => boolean;

const SWEEP_MS = 50;

export function createHttpServer(app: Handler, hot?: HotPath): HttpServer {
  const running = new Set<ServerResponse>();
  let closing = false;
  const run = (res: ServerResponse) => {
    running.add(res);
    res.once('close', () => running.delete(res));
  };
  const server = createServer(
    // Node's own requestTimeout would cut uploads after five minutes; routes have deadlines and a minimum rate instead.
    { requestTimeout: 0, headersTimeout: 60_000, keepAliveTimeout: KEEP_ALIVE_MS, noDelay: true },
    (req, res) => {
      if (closing) res.setHeader('Connection', 'close');
      else if (hot !== undefined && hot(req, res, app)) {
        if (!res.writableEnded) run(res);
        return;
      }
      run(res);
      app(req, res);
    },
  );
  server.on('clientError', refuse);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return {
    server,
    listen: (port, host) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          server.off('error', reject);
          resolve(portOf(server.address()));
        });
      }),
    close: async (graceMs) => {
      closing = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      closeEventStreams();
      for (const res of running) if (!res.headersSent) res.setHeader('Connection', 'close');
      // Browsers connect ahead; node counts a connection that has sent nothing yet as busy.
      for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
      server.closeIdleConnections();
      const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
      let cut = 0;
      const deadline = setTimeout(() => {
        cut = running.size;
        server.closeAllConnections();
      }, graceMs);
      await closed;
      clearInterval(sweep);
      clearTimeout(deadline);
      return { cut };
    },
  };
}

function portOf(address: string | AddressInfo | null): number {
  if (address === null || typeof address === 'string') throw new Error('the server does not listen on a port');
  return address.port;
}

const ANSWERS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** Bytes that are no HTTP request. */
function refuse(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const answer = ANSWERS[error.code ?? ''] ?? '400 Bad Request';
  socket.end(`HTTP/1.1 ${answer}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
