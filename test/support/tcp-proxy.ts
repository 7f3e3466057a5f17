import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A server that can be away or hang, without touching the real one behind it. */
export interface TcpProxy {
  readonly port: number;
  /** `url` with this proxy's host and port. */
  through(url: string): string;
  /** Cuts all connections and refuses new ones. */
  cut(): Promise<void>;
  /** Cuts nothing and accepts everything, but passes not one byte on. */
  hang(): void;
  /** As it was at the start; what hung before is cut. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

export async function startProxy(target: string): Promise<TcpProxy> {
  const { hostname, port: targetPort } = new URL(target);
  const sockets = new Set<Socket>();
  let hanging = false;
  let server: Server | undefined;
  const track = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    return socket;
  };
  const accept = (client: Socket): void => {
    const upstream = track(connect(Number(targetPort), hostname));
    track(client);
    client.on('data', (chunk) => void (hanging || upstream.write(chunk)));
    upstream.on('data', (chunk) => void (hanging || client.write(chunk)));
    client.once('close', () => upstream.destroy());
    upstream.once('close', () => client.destroy());
  };
  const listen = async (port: number): Promise<number> => {
    const made = createServer(accept);
    await new Promise<void>((resolve, reject) => {
      made.once('error', reject);
      made.listen(port, '127.0.0.1', resolve);
    });
    server = made;
    return (made.address() as AddressInfo).port;
  };
  const drop = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  const cut = async (): Promise<void> => {
    const closing = server;
    server = undefined;
    const closed = closing && new Promise((resolve) => closing.close(resolve));
    drop();
    await closed;
  };
  const port = await listen(0);
  return {
    port,
    through: (url) => {
      const changed = new URL(url);
      // PostgreSQL's way to name a socket, which would go past us.
      changed.searchParams.delete('host');
      changed.hostname = '127.0.0.1';
      // The embedded server's own socket would be a way around.
      changed.searchParams.delete('host');
      changed.port = String(port);
      return changed.href;
    },
    cut,
    hang: () => {
      hanging = true;
    },
    restore: async () => {
      if (hanging) drop();
      hanging = false;
      if (!server) await listen(port);
    },
    close: cut,
  };
}
