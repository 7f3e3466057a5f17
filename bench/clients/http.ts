import { once } from 'node:events';
import { Agent, type ClientRequest, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http';

/** The barest client there is: `node:http` with one kept connection per slot, so that the client costs as little as it can. */

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

const agent = new Agent({ keepAlive: true });

export async function send(
  url: string,
  method: string,
  headers: OutgoingHttpHeaders,
  write: (req: ClientRequest) => Promise<void> | void = () => undefined,
): Promise<Answer> {
  const req = request(url, { method, headers, agent });
  const answered = once(req, 'response') as Promise<[IncomingMessage]>;
  answered.catch(() => undefined);
  await write(req);
  req.end();
  const [res] = await answered;
  let body = '';
  res.setEncoding('utf8').on('data', (chunk: string) => {
    body += chunk;
  });
  await once(res, 'end');
  const answer = { status: res.statusCode ?? 0, headers: res.headers, body };
  if (answer.status >= 300) throw new Error(`${method} ${url} answered ${answer.status}: ${body.slice(0, 500)}`);
  return answer;
}

/** Writes respecting the other side's pace. */
export async function put(req: ClientRequest, data: Buffer): Promise<void> {
  if (req.destroyed) throw new Error('the connection has ended');
  if (req.write(data)) return;
  await new Promise<void>((resolve) => {
    const go = () => {
      req.off('drain', go);
      req.off('close', go);
      resolve();
    };
    req.once('drain', go).once('close', go);
  });
}

const BOUNDARY = 'damson-bench-3f1c9a57';

/** What stands before and after the one file of a multipart body. */
export function multipartAround(name: string, type: string): { head: Buffer; tail: Buffer; contentType: string } {
  const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\nContent-Type: ${type}\r\n\r\n`;
  return {
    head: Buffer.from(head),
    tail: Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
    contentType: `multipart/form-data; boundary=${BOUNDARY}`,
  };
}
