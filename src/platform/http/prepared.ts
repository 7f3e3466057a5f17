import { type IncomingMessage, STATUS_CODES, type ServerResponse } from 'node:http';

/**
 * A response head that is written out once and sent thousands of times a second. Node checks and joins every header anew for
 * each answer, which costs more than all else our hot path does; here only the date changes, once a second.
 */

/** How long an idle connection is kept, ms; the server and prepared heads say the same. */
export const KEEP_ALIVE_MS = 65_000;

/** `ServerResponse` keeps the head it is about to send in `_header`: null before, text after `writeHead`. Not documented. */
interface Headed {
  _header?: string | null;
}

export class PreparedHead {
  /** Name, value, name, value … as `writeHead` takes them fastest. */
  readonly headers: readonly string[];
  private readonly status: number;
  private readonly beforeDate: string;
  private text = '';
  private second = Number.NaN;

  /** @throws TypeError for a name or value that has no place in a header */
  constructor(status: number, headers: readonly string[]) {
    this.status = status;
    this.headers = headers;
    let lines = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`;
    for (let at = 0; at < headers.length; at += 2) lines += line(headers[at] ?? '', headers[at + 1] ?? '');
    this.beforeDate = `${lines}Date: `;
  }

  /**
   * Sends the whole answer. Byte for byte what `writeHead` and `end` send; those are used for clients that do not keep the
   * connection, for HTTP/1.0, and should a coming Node no longer know `_header`.
   * @param body must agree with the `Content-Length` among the headers
   * @param now clock in ms
   */
  send(req: IncomingMessage, res: ServerResponse, body: Buffer | undefined, now: number): void {
    const headed = res as unknown as Headed;
    if (headed._header !== null || !res.shouldKeepAlive || req.httpVersionMinor !== 1) {
      res.writeHead(this.status, this.headers as string[]);
    } else {
      res.statusCode = this.status;
      headed._header = this.at(now);
    }
    res.end(body);
  }

  private at(now: number): string {
    const second = Math.floor(now / 1000);
    if (second !== this.second) {
      this.second = second;
      this.text = `${this.beforeDate}${new Date(now).toUTCString()}\r\nConnection: keep-alive\r\nKeep-Alive: timeout=${KEEP_ALIVE_MS / 1000}\r\n\r\n`;
    }
    return this.text;
  }
}

/** RFC 9110, 5.1 and 5.5: a token; visible ASCII, spaces and tabs. */
function line(name: string, value: string): string {
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name)) throw new TypeError(`not a header name: ${name}`);
  if (!/^[\t\x20-\x7e]*$/.test(value)) throw new TypeError(`not a value for the header ${name}`);
  return `${name}: ${value}\r\n`;
}
