import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/**
 * Equal requests at once, over connections that are open already. On bare sockets: node's own client costs more for 200 answers than the server
 * that is to be measured, on the same processors. Answers are read when the last one is there.
 */

export interface Answer {
  /** From the sending of the whole burst to the end of this body, ms. */
  readonly ms: number;
  readonly status: number;
  readonly digest: string;
}

export interface Burst {
  /** One request for each address, all at once. @returns in the order of `urls` */
  send(urls: readonly string[]): Promise<Answer[]>;
  close(): void;
}

interface Raw {
  readonly ms: number;
  readonly head: string;
  readonly body: Buffer;
}

const HEAD_END = '\r\n\r\n';

/** One answer with a `Content-Length`, from a connection that stays open. */
function answerOf(socket: Socket, began: number): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let got = 0;
    let total = Number.POSITIVE_INFINITY;
    let bodyAt = 0;
    const end = (settle: () => void) => {
      socket.off('data', onData).off('error', onEnd).off('close', onEnd);
      settle();
    };
    const onEnd = (error?: unknown) => end(() => reject(error instanceof Error ? error : new Error('the connection was closed')));
    const onData = (chunk: Buffer) => {
      chunks.push(chunk);
      got += chunk.length;
      if (total === Number.POSITIVE_INFINITY) {
        const start = Buffer.concat(chunks);
        const at = start.indexOf(HEAD_END);
        if (at < 0) return;
        bodyAt = at + HEAD_END.length;
        const length = /\r\ncontent-length: (\d+)/i.exec(start.toString('latin1', 0, at));
        if (!length) return onEnd(new Error('an answer without Content-Length'));
        total = bodyAt + Number(length[1]);
      }
      if (got < total) return;
      const ms = performance.now() - began;
      end(() => {
        const whole = Buffer.concat(chunks);
        resolve({ ms, head: whole.toString('latin1', 0, bodyAt), body: whole.subarray(bodyAt) });
      });
    };
    socket.on('data', onData).on('error', onEnd).on('close', onEnd);
  });
}

/** @param headers sent with each request */
export function bursts(headers: Readonly<Record<string, string>>): Burst {
  const idle = new Map<string, Socket[]>();
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const take = async ({ host, hostname, port }: URL): Promise<Socket> => {
    const socket = idle.get(host)?.pop();
    if (socket) return socket;
    const fresh = connect({ host: hostname, port: Number(port), noDelay: true });
    await once(fresh, 'connect');
    return fresh;
  };
  return {
    async send(urls) {
      const requests = await Promise.all(
        urls.map(async (text) => {
          const url = new URL(text);
          const head = `GET ${url.pathname}${url.search} HTTP/1.1\r\nHost: ${url.host}\r\n${fields.join('')}\r\n`;
          return { host: url.host, head, socket: await take(url) };
        }),
      );
      const began = performance.now();
      const answers = await Promise.all(
        requests.map(({ socket, head }) => {
          const answer = answerOf(socket, began);
          socket.write(head);
          return answer;
        }),
      );
      for (const { host, socket } of requests) idle.set(host, [...(idle.get(host) ?? []), socket]);
      return answers.map(({ ms, head, body }) => ({
        ms,
        status: Number(head.slice(9, 12)),
        digest: createHash('sha1').update(body).digest('hex'),
      }));
    },
    close: () => {
      for (const socket of [...idle.values()].flat()) socket.destroy();
    },
  };
}

/** The value that this share of the others does not pass (nearest rank). */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}
