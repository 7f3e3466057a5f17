import type { IncomingMessage, ServerResponse } from 'node:http';
import { expect } from 'chai';
import { PreparedHead } from '../../../src/platform/http/prepared.ts';
import { createHttpServer } from '../../../src/platform/http/server.ts';
import { raw } from './support.ts';

const BODY = Buffer.from('some bytes');
const FIELDS = [
  'Content-Type',
  'image/webp',
  'Content-Length',
  String(BODY.length),
  'ETag',
  '"a"',
  'Content-Disposition',
  'inline; filename="e"',
];
const CHANGED = ['ETag', '"a"'];

/** The same answers prepared (`/prepared…`) and as Node writes them (`/plain…`); `…/304` is a 304. */
function answer(req: IncomingMessage, res: ServerResponse): void {
  const status = req.url?.endsWith('304') ? 304 : 200;
  const body = status === 200 ? BODY : undefined;
  if (req.url?.startsWith('/prepared')) return HEADS[status].send(req, res, body, Date.now());
  res.writeHead(status, status === 200 ? FIELDS : CHANGED);
  res.end(body);
}
const HEADS = { 200: new PreparedHead(200, FIELDS), 304: new PreparedHead(304, CHANGED) };

const undated = (text: string) => text.replaceAll(/Date: \w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT/g, 'Date: now');

describe('prepared heads', () => {
  const http = createHttpServer(answer);
  let port = 0;
  before(async () => {
    port = await http.listen(0, '127.0.0.1');
  });
  after(() => http.close(1_000));

  const say = async (path: string, lines: string) => undated(await raw(port, lines.replaceAll('PATH', path)));
  const last = 'GET PATH HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
  const cases: Record<string, string> = {
    'a kept connection and the next request on it': `GET PATH HTTP/1.1\r\nHost: a\r\n\r\n${last}`,
    'requests sent ahead, with a 304 between them': `GET PATH HTTP/1.1\r\nHost: a\r\n\r\nGET PATH/304 HTTP/1.1\r\nHost: a\r\n\r\n${last}`,
    'a connection the client wants closed': last,
    'HTTP/1.0': 'GET PATH HTTP/1.0\r\n\r\n',
    'HTTP/1.0 that asks to be kept': `GET PATH HTTP/1.0\r\nConnection: keep-alive\r\n\r\n${last}`,
  };
  for (const [name, lines] of Object.entries(cases)) {
    it(`send what Node sends: ${name}`, async () => {
      const prepared = await say('/prepared', lines);
      expect(prepared).to.match(/^HTTP\/1\.1 200 OK\r\n/);
      expect(prepared).to.include('Date: now').and.to.include(BODY.toString());
      expect(prepared).to.equal(await say('/plain', lines));
    });
  }

  it('take the prepared way on this Node', async () => {
    const kept = `GET / HTTP/1.1\r\nHost: a\r\n\r\n${last}`;
    let writes = 0;
    const count = createHttpServer((req, res) => {
      const { writeHead } = res;
      res.writeHead = ((...args: Parameters<typeof writeHead>) => {
        writes++;
        return writeHead.apply(res, args);
      }) as typeof writeHead;
      HEADS[200].send(req, res, BODY, Date.now());
    });
    await raw(await count.listen(0, '127.0.0.1'), kept.replaceAll('PATH', '/'));
    expect(writes, 'only the request that closes the connection').to.equal(1);
    await count.close(1_000);
  });

  it('tell the date of the answer, not of the first one', async () => {
    const head = new PreparedHead(200, ['Content-Length', '0']);
    let now = Date.UTC(2026, 0, 1, 0, 0, 0, 999);
    const dated = createHttpServer((req, res) => {
      head.send(req, res, undefined, now);
      now += 1;
    });
    const request = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
    const text = await raw(await dated.listen(0, '127.0.0.1'), `${request}${request}${last.replace('PATH', '/')}`);
    expect([...text.matchAll(/Date: (.*)\r/g)].slice(0, 2).map((match) => match[1])).to.deep.equal([
      'Thu, 01 Jan 2026 00:00:00 GMT',
      'Thu, 01 Jan 2026 00:00:01 GMT',
    ]);
    await dated.close(1_000);
  });

  it('refuse what would break out of a header', () => {
    expect(() => new PreparedHead(200, ['X', 'a\r\nSet-Cookie: b'])).to.throw(TypeError);
    expect(() => new PreparedHead(200, ['X: y', 'a'])).to.throw(TypeError);
  });
});
