import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** Ways in which a store fails, between the storage and a real server: refused, silent, cut off after so many bytes, late. */
export interface Faults {
  /** The address to give to the storage. */
  readonly endpoint: string;
  /** Connections open at this moment. */
  readonly connections: number;
  refuse(): Promise<void>;
  /** Takes everything and passes nothing on, from now on or after so many more bytes of answers. */
  hang(afterBytes?: number): void;
  /** Breaks the connection after so many more bytes of answers. */
  reset(afterBytes: number): void;
  /** Each piece of an answer comes so much later, ms. */
  delay(ms: number): void;
  /** No more faults. */
  heal(): Promise<void>;
  close(): Promise<void>;
}

interface Fault {
  left: number;
  then: 'hang' | 'reset';
}

export async function startFaults(target: string): Promise<Faults> {
  const { hostname, port: targetPort } = new URL(target);
  const sockets = new Set<Socket>();
  let fault: Fault | null = null;
  let delayMs = 0;
  let server: Server | null = null;

  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    return socket;
  };
  const back = (client: Socket, chunk: Buffer): void => {
    const passed = fault === null ? chunk : chunk.subarray(0, fault.left);
    if (fault !== null) fault.left -= passed.length;
    if (delayMs > 0) setTimeout(() => client.write(passed), delayMs);
    else client.write(passed);
    if (fault?.left === 0 && fault.then === 'reset') setImmediate(() => client.resetAndDestroy());
  };
  const accept = (client: Socket): void => {
    keep(client);
    const upstream = keep(connect(Number(targetPort), hostname));
    client.on('data', (chunk: Buffer) => {
      if (fault?.left !== 0 || fault.then !== 'hang') upstream.write(chunk);
    });
    upstream.on('data', (chunk: Buffer) => back(client, chunk));
    client.once('close', () => upstream.destroy());
    upstream.once('close', () => {
      if (fault?.left !== 0 || fault.then !== 'hang') client.destroy();
    });
  };
  const listen = (port: number): Promise<number> =>
    new Promise((resolve, reject) => {
      const made = createServer(accept);
      made.once('error', reject);
      made.listen(port, '127.0.0.1', () => {
        server = made;
        resolve((made.address() as AddressInfo).port);
      });
    });
  const refuse = async (): Promise<void> => {
    const closed = server && new Promise((resolve) => server?.close(resolve));
    server = null;
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const port = await listen(0);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    get connections() {
      return sockets.size / 2;
    },
    refuse,
    hang: (afterBytes = 0) => {
      fault = { left: afterBytes, then: 'hang' };
    },
    reset: (afterBytes) => {
      fault = { left: afterBytes, then: 'reset' };
    },
    delay: (ms) => {
      delayMs = ms;
    },
    heal: async () => {
      if (fault?.then === 'hang') for (const socket of sockets) socket.destroy();
      fault = null;
      delayMs = 0;
      if (server === null) await listen(port);
    },
    close: refuse,
  };
}
