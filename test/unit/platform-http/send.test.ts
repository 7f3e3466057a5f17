import { Readable } from 'node:stream';
import { expect } from 'chai';
import fc from 'fast-check';
import { parse } from 'content-disposition';
import { sendProblem } from '../../../src/platform/http/problem.ts';
import { parseRange } from '../../../src/platform/http/range.ts';
import { contentDisposition, type Sendable, sendStored } from '../../../src/platform/http/send.ts';
import { ask, type Running, serve } from './support.ts';

const DATA = Buffer.from(Array.from({ length: 100_000 }, (_, i) => i % 251));
const MODIFIED = new Date('2026-03-04T05:06:07.890Z');
const DATE = MODIFIED.toUTCString();

describe('sending stored bytes', () => {
  let running: Running;
  let what: Sendable;
  let opened = 0;
  let failure: unknown = null;
  const sendable = (over: Partial<Sendable> = {}): Sendable => ({
    open: async (range) => {
      opened++;
      return { stream: Readable.from([range === undefined ? DATA : DATA.subarray(range.start, range.end + 1)]) };
    },
    bytes: DATA.length,
    mime: 'image/webp',
    etag: 'abc',
    lastModified: MODIFIED,
    cacheControl: 'private, max-age=60',
    ...over,
  });

  before(async () => {
    running = await serve((req, res) => {
      sendStored(req, res, what).catch((error: unknown) => {
        failure = error;
        sendProblem(req, res, error);
      });
    });
  });
  after(() => running.close());
  beforeEach(() => {
    what = sendable();
    opened = 0;
    failure = null;
  });
  const get = (headers: Record<string, string> = {}, method = 'GET') => ask(running.url, { headers, method });

  it('sends the whole with headers that keep it harmless', async () => {
    const answer = await get();
    expect(answer.status).to.equal(200);
    expect(answer.body.equals(DATA)).to.equal(true);
    expect(answer.headers).to.include({
      etag: '"abc"',
      'content-type': 'image/webp',
      'content-length': '100000',
      'accept-ranges': 'bytes',
      'last-modified': DATE,
      'cache-control': 'private, max-age=60',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
      'content-disposition': 'inline',
    });
    expect(answer.headers['content-security-policy']).to.equal("default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox");
  });

  it('downloads active and unknown types', async () => {
    for (const mime of ['image/svg+xml', 'text/html', 'application/pdf', 'application/octet-stream', 'text/xml']) {
      what = sendable({ mime, filename: 'a.svg' });
      expect((await get()).headers['content-disposition'], mime).to.equal('attachment; filename=a.svg');
    }
  });

  it('answers HEAD with the same headers and opens nothing', async () => {
    const answer = await get({ range: 'bytes=0-9' }, 'HEAD');
    expect([answer.status, answer.headers['content-length'], answer.body.length, opened]).to.deep.equal([200, '100000', 0, 0]);
  });

  const ranges: [string, number, string | undefined, number][] = [
    ['bytes=0-0', 206, 'bytes 0-0/100000', 1],
    ['bytes=99990-', 206, 'bytes 99990-99999/100000', 10],
    ['bytes=-5', 206, 'bytes 99995-99999/100000', 5],
    ['bytes=-200000', 206, 'bytes 0-99999/100000', 100_000],
    ['bytes=10-999999', 206, 'bytes 10-99999/100000', 99_990],
    ['bytes=5-1', 200, undefined, 100_000],
    ['bytes=0-1,5-9', 200, undefined, 100_000],
    ['items=0-1', 200, undefined, 100_000],
    ['bytes=-', 200, undefined, 100_000],
    ['bytes=99999999999999999999-', 200, undefined, 100_000],
  ];
  for (const [range, status, contentRange, length] of ranges) {
    it(`answers Range: ${range} with ${status}`, async () => {
      const answer = await get({ range });
      expect([answer.status, answer.headers['content-range'], answer.body.length]).to.deep.equal([status, contentRange, length]);
    });
  }

  it('answers a range outside with 416 and the size', async () => {
    for (const range of ['bytes=100000-', 'bytes=-0']) {
      const answer = await get({ range });
      expect([answer.status, answer.headers['content-range']], range).to.deep.equal([416, 'bytes */100000']);
      expect(answer.headers['content-type']).to.equal('application/problem+json');
    }
  });

  it('serves empty objects', async () => {
    what = sendable({ bytes: 0, open: async () => ({ stream: Readable.from([]) }) });
    expect((await get()).status).to.equal(200);
    expect((await get({ range: 'bytes=0-' })).status).to.equal(416);
  });

  it('never gives a range that does not fit', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(1000), fc.nat(1000), fc.nat(1000), (junk, a, b, size) => {
        for (const header of [junk, `bytes=${a}-${b}`, `bytes=-${a}`, `bytes=${a}-`]) {
          const range = parseRange(header, size);
          if (typeof range === 'object') expect(range.start >= 0 && range.start <= range.end && range.end < size).to.equal(true);
        }
      }),
    );
  });

  it('keeps to conditions', async () => {
    for (const tag of ['"abc"', 'W/"abc"', '"x", "abc"', '*']) expect((await get({ 'if-none-match': tag })).status, tag).to.equal(304);
    expect((await get({ 'if-none-match': '"x"', 'if-modified-since': DATE })).status).to.equal(200);
    expect((await get({ 'if-modified-since': DATE })).status).to.equal(304);
    expect((await get({ 'if-modified-since': 'Tue, 03 Mar 2026 00:00:00 GMT' })).status).to.equal(200);
    const range = 'bytes=0-0';
    expect((await get({ range, 'if-range': '"abc"' })).status).to.equal(206);
    expect((await get({ range, 'if-range': DATE })).status).to.equal(206);
    expect((await get({ range, 'if-range': 'W/"abc"' })).status).to.equal(200);
    expect((await get({ range, 'if-range': '"old"' })).status).to.equal(200);
  });

  it('cuts the connection when the store gives less, or breaks', async () => {
    what = sendable({ open: async () => ({ stream: Readable.from([DATA.subarray(0, 50_000)]) }) });
    expect((await get()).cut).to.equal(true);
    expect(String(failure)).to.contain('50000 bytes instead of 100000');
    what = sendable({
      open: async () => ({
        stream: Readable.from(
          (async function* () {
            yield DATA.subarray(0, 10);
            await new Promise(setImmediate);
            throw new Error('disk read error');
          })(),
        ),
      }),
    });
    expect((await get()).cut).to.equal(true);
    expect(String(failure)).to.contain('disk read error');
  });

  it('answers 404 when the object has gone', async () => {
    what = sendable({ open: async () => null });
    expect((await get()).status).to.equal(404);
  });

  it('closes the source when the client leaves', async () => {
    let closed: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const endless = new Readable({
      read: () => void endless.push(Buffer.alloc(65_536)),
      destroy: (_error, done) => (closed(), done(null)),
    });
    what = sendable({ bytes: 1e12, open: async () => ({ stream: endless }) });
    const controller = new AbortController();
    const response = await fetch(running.url, { signal: controller.signal });
    expect(response.status).to.equal(200);
    controller.abort();
    await gone;
    expect(failure).to.equal(null);
  });
});

describe('Content-Disposition', () => {
  const names = [
    'plain.jpg',
    'with space.jpg',
    'quote".jpg',
    'back\\slash.jpg',
    'semi;colon.jpg',
    'crlf\r\nSet-Cookie: a=b.jpg',
    'nul\0.jpg',
    'tab\t.jpg',
    'üml-äut.jpg',
    '日本語.png',
    'emoji🦊.gif',
    '%41%42.jpg',
    "apo'strophe.jpg",
    '../../etc/passwd',
    '..\\..\\x',
    'C:\\x.jpg',
    '.hidden',
    'a'.repeat(300),
    'rtl\u202Egpj.exe',
    'lone\uD800.jpg',
    "filename*=UTF-8''x.jpg",
    '"; filename=evil.exe',
    'a,b.jpg',
    '<script>.svg',
    '&amp;.jpg',
    'e\u0301.jpg',
    '\u200fx.jpg',
    'x\u2028y.jpg',
    '',
    ' ',
    '...',
    'con.txt',
    'a/b.jpg',
    '€.jpg',
    '\x7f.jpg',
    '\x80.jpg',
    '=?utf-8?Q?x?=.jpg',
    'a:b.jpg',
    '*?.jpg',
    '\ufeffbom.jpg',
  ];
  for (const name of names) {
    it(`is one safe line for ${JSON.stringify(name).slice(0, 40)}`, () => {
      const header = contentDisposition('application/zip', name);
      expect(header).to.match(/^attachment(; filename="?[\x20-\x7e]*"?)?(; filename\*=UTF-8''[\w.!#$&+^`|~%-]*)?$/);
      const { type, parameters } = parse(header);
      expect(type).to.equal('attachment');
      if (/^[\w .;,'"-]+\.\w+$/.test(name)) expect(parameters['filename']).to.equal(name);
    });
  }
});
