import type { IncomingMessage, ServerResponse } from 'node:http';

/** A server-sent event stream to one client. */

export interface EventStream {
  /** Sends one event. @returns false when the stream is closed (also because the client reads too slowly) */
  send(event: string, data: unknown, id?: string): boolean;
  close(): void;
  /** Settles when the stream has ended, whoever ended it. */
  readonly closed: Promise<void>;
  /** What the client saw last before it came back, if it said so. */
  readonly lastEventId: string | null;
}

export interface EventStreamOptions {
  /** Default 25 s: below the idle limits of usual proxies. */
  readonly heartbeatMs?: number;
  /** When the browser shall come back after a loss, default 2 s. */
  readonly retryMs?: number;
  /** Unsent bytes at which a slow client is let go; it comes back by itself. Default 1 MiB. */
  readonly maxBufferedBytes?: number;
}

const open = new Set<EventStream>();

/** Ends every stream of this process, so that a server can close. */
export function closeEventStreams(): void {
  for (const stream of open) stream.close();
}

/** Answers with an event stream that stays open until either side closes it. */
export function openEventStream(req: IncomingMessage, res: ServerResponse, options: EventStreamOptions = {}): EventStream {
  const limit = options.maxBufferedBytes ?? 1 << 20;
  res.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store, no-transform',
    'X-Accel-Buffering': 'no',
    'X-Content-Type-Options': 'nosniff',
  });
  const write = (text: string): boolean => {
    if (res.writableEnded || res.destroyed) return false;
    res.write(text);
    if (res.writableLength <= limit) return true;
    res.destroy();
    return false;
  };
  write(`retry: ${options.retryMs ?? 2_000}\n\n`);
  const heartbeat = setInterval(() => write(': still here\n\n'), options.heartbeatMs ?? 25_000);
  heartbeat.unref();
  const closed = new Promise<void>((resolve) => {
    const end = (): void => {
      clearInterval(heartbeat);
      open.delete(stream);
      resolve();
    };
    if (res.destroyed) queueMicrotask(end);
    else res.once('close', end);
  });
  const given = req.headers['last-event-id'];
  const stream: EventStream = {
    send: (event, data, id) => {
      if (!/^[\w.:-]+$/.test(event) || (id !== undefined && !/^[\w.:-]*$/.test(id)))
        throw new Error(`not an event name or id: ${event} ${id}`);
      return write(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    },
    close: () => {
      if (!res.writableEnded) res.end();
    },
    closed,
    lastEventId: typeof given === 'string' ? given : null,
  };
  open.add(stream);
  return stream;
}
