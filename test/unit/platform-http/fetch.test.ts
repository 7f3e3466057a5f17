import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { DamsonError } from '../../../src/errors.ts';
import { createOutbound, type Outbound, type OutboundRequest } from '../../../src/platform/http/fetch.ts';
import { type Running, serve } from './support.ts';

/** Spellings of loopback and of our own network; PORT is the canary's. */
const INSIDE = [
  'http://127.0.0.1:PORT/',
  'http://127.1:PORT/',
  'http://127.0.1:PORT/',
  'http://2130706433:PORT/',
  'http://0x7f000001:PORT/',
  'http://0x7f.0.0.1:PORT/',
  'http://0177.0.0.1:PORT/',
  'http://017700000001:PORT/',
  'http://127.000.000.001:PORT/',
  'http://①②⑦.⓪.⓪.①:PORT/',
  'http://127。0。0。1:PORT/',
  'http://%31%32%37.0.0.1:PORT/',
  'http://0:PORT/',
  'http://0.0.0.0:PORT/',
  'http://127.255.255.254:PORT/',
  'http://[::1]:PORT/',
  'http://[::]:PORT/',
  'http://[0:0:0:0:0:0:0:1]:PORT/',
  'http://[::ffff:127.0.0.1]:PORT/',
  'http://[::ffff:7f00:1]:PORT/',
  'http://[::7f00:1]:PORT/',
  'http://[::127.0.0.1]:PORT/',
  'http://[64:ff9b::7f00:1]:PORT/',
  'http://[64:ff9b:1::7f00:1]:PORT/',
  'http://[2002:7f00:1::]:PORT/',
  'http://[2001:0:7f00:1::]:PORT/',
  'http://[2001:4860:1234:5678:0:5efe:7f00:1]:PORT/',
  'http://[fe80::1]:PORT/',
  'http://[fc00::1]:PORT/',
  'http://[fec0::1]:PORT/',
  'http://[ff02::1]:PORT/',
  'http://[2001:db8::1]:PORT/',
  'http://10.0.0.1:PORT/',
  'http://172.16.0.1:PORT/',
  'http://192.168.1.1:PORT/',
  'http://169.254.169.254:PORT/latest/meta-data/',
  'http://100.64.0.1:PORT/',
  'http://198.18.0.1:PORT/',
  'http://192.0.0.192:PORT/',
  'http://224.0.0.1:PORT/',
  'http://255.255.255.255:PORT/',
];
const REFUSED_TEXT = [
  'ftp://example.org/x',
  'file:///etc/passwd',
  'gopher://127.0.0.1/',
  'data:text/plain,x',
  'javascript:alert(1)',
  'http://user:pass@example.org/',
  'http://user@example.org/',
  'http://example.org:22/',
  'http://example.org:6379/',
  '//example.org/',
  'example.org',
  '',
  'http://',
];

async function codeOf(work: Promise<unknown>): Promise<{ code: string; detail: string | undefined }> {
  try {
    await work;
  } catch (error) {
    return error instanceof DamsonError ? { code: error.code, detail: error.detail } : { code: String(error), detail: undefined };
  }
  return { code: 'nothing was thrown', detail: undefined };
}

describe('guarded fetch', () => {
  let canary: Running;
  let hits: string[] = [];
  let guarded: Outbound;
  let open: Outbound;
  const paths: string[] = [];
  const headersSeen: Record<string, string | string[] | undefined>[] = [];

  before(async () => {
    canary = await serve((req, res) => {
      hits.push(req.url ?? '');
      paths.push(`${req.method} ${req.url}`);
      headersSeen.push(req.headers);
      const url = new URL(req.url ?? '/', canary.url);
      const to = url.searchParams.get('to');
      if (to !== null) res.writeHead(Number(url.searchParams.get('status') ?? 302), { location: to }).end('redirect body');
      else if (url.pathname === '/big') res.end(Buffer.alloc(3_000_000));
      else if (url.pathname === '/bomb') res.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(30_000_000)));
      else if (url.pathname === '/gzip') res.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('plain'));
      else if (url.pathname === '/odd') res.writeHead(200, { 'content-encoding': 'zstd-and-more' }).end('x');
      else if (url.pathname === '/broken') res.writeHead(200, { 'content-length': '100' }).write('x', () => res.destroy());
      else if (url.pathname === '/hang') return;
      else if (url.pathname === '/drip') res.writeHead(200).write('x');
      else res.end('hello');
    });
    guarded = createOutbound();
    open = createOutbound({ allowPrivate: true });
  });
  after(async () => {
    await Promise.all([guarded.close(), open.close(), canary.close()]);
  });
  beforeEach(() => {
    hits = [];
  });

  const any: OutboundRequest = { ports: 'any', timeoutMs: 2_000 };

  it('calls none of our own addresses, however they are written', async () => {
    for (const spelling of INSIDE) {
      const { code } = await codeOf(guarded.fetch(spelling.replace('PORT', String(canary.port)), any));
      expect(code, spelling).to.equal('outbound_refused');
    }
    expect(hits).to.deep.equal([]);
  });

  it('refuses other schemes, ports, and addresses with a user', async () => {
    for (const url of REFUSED_TEXT) expect((await codeOf(guarded.fetch(url))).code, url).to.equal('outbound_refused');
    expect((await codeOf(guarded.fetch('http://example.org/', { httpsOnly: true }))).code).to.equal('outbound_refused');
  });

  it('refuses names that lead inside, also when only one of their addresses does, and tells them from nothing', async () => {
    const answers: Record<string, { address: string; family: number }[]> = {
      'inside.test': [{ address: '127.0.0.1', family: 4 }],
      'mixed.test': [
        { address: '93.184.215.14', family: 4 },
        { address: '::ffff:127.0.0.1', family: 6 },
      ],
      'six.test': [{ address: '::1', family: 6 }],
    };
    const resolving = createOutbound({
      lookup: (name, _options, done) => {
        const found = answers[name];
        if (found === undefined) done(Object.assign(new Error('ENOTFOUND'), { code: 'ENOTFOUND' }), []);
        else done(null, found);
      },
    });
    const told = [];
    for (const name of ['inside.test', 'mixed.test', 'six.test', 'missing.test'])
      told.push(await codeOf(resolving.fetch(`http://${name}:${canary.port}/`, any)));
    told.push(
      await codeOf(guarded.fetch(`http://localhost:${canary.port}/`, any)),
      await codeOf(guarded.fetch(`http://localhost.:${canary.port}/`, any)),
    );
    expect(new Set(told.map((one) => JSON.stringify(one))).size).to.equal(1);
    expect(told[0]?.code).to.equal('outbound_failed');
    expect(hits).to.deep.equal([]);
    await resolving.close();
  });

  it('says the same of a closed port, a broken answer and silence', async () => {
    const closed = await serve(() => undefined);
    await closed.close();
    const told = [
      await codeOf(open.fetch(closed.url, any)),
      await codeOf(open.fetch(`${canary.url}/hang`, { ...any, timeoutMs: 50 })),
      await codeOf(open.fetch(`${canary.url}/broken`, any).then((answer) => answer.bytes())),
      await codeOf(open.fetch(`${canary.url}/drip`, { ...any, timeoutMs: 50 }).then((answer) => answer.bytes())),
      await codeOf(open.fetch(`${canary.url}/odd`, any).then((answer) => answer.bytes())),
    ];
    expect(new Set(told.map((one) => JSON.stringify(one))).size, JSON.stringify(told)).to.equal(1);
    expect(told[0]?.code).to.equal('outbound_failed');
  });

  it('fetches, decodes and tells the final address', async () => {
    const answer = await open.fetch(`${canary.url}/gzip`, any);
    expect((await answer.bytes()).toString()).to.equal('plain');
    expect([answer.status, answer.url]).to.deep.equal([200, `${canary.url}/gzip`]);
  });

  it('caps decoded bytes', async () => {
    for (const path of ['/big', '/bomb']) {
      const answer = await open.fetch(`${canary.url}${path}`, { ...any, maxBytes: 1_000_000 });
      expect((await codeOf(answer.bytes())).code, path).to.equal('outbound_too_large');
    }
  });

  it('follows at most three redirects', async () => {
    const chain = (left: number): string => (left === 0 ? '/end' : `/r?to=${encodeURIComponent(chain(left - 1))}`);
    expect((await open.fetch(`${canary.url}${chain(3)}`, any)).url).to.equal(`${canary.url}/end`);
    expect((await codeOf(open.fetch(`${canary.url}${chain(4)}`, any))).code).to.equal('outbound_failed');
    const first = await open.fetch(`${canary.url}${chain(1)}`, { ...any, maxRedirects: 0 });
    expect(first.status).to.equal(302);
    first.body.destroy();
  });

  it('checks every hop', async () => {
    for (const to of ['file:///etc/passwd', 'http://user:p@127.0.0.1/', 'http://127.0.0.1:1/']) {
      const answer = await codeOf(open.fetch(`${canary.url}/r?to=${encodeURIComponent(to)}`, { ...any, ports: [canary.port] }));
      expect(answer.code, to).to.equal('outbound_failed');
    }
  });

  it('drops credentials on the way to another origin and turns a redirected POST into GET', async () => {
    const other = await serve((req, res) => {
      headersSeen.push(req.headers);
      paths.push(`${req.method} other`);
      res.end();
    });
    headersSeen.length = 0;
    paths.length = 0;
    const headers = { Authorization: 'Bearer secret', Cookie: 'a=b', 'X-Kept': '1' };
    const answer = await open.fetch(`${canary.url}/r?to=${encodeURIComponent(other.url)}`, { ...any, method: 'POST', body: 'x', headers });
    answer.body.destroy();
    expect(headersSeen[0]).to.include({ authorization: 'Bearer secret', 'x-kept': '1' });
    expect(headersSeen[1]).to.include({ 'x-kept': '1' });
    expect(headersSeen[1]).not.to.have.any.keys('authorization', 'cookie');
    expect(paths[1]).to.equal('GET other');
    await other.close();
  });

  it('ends when its caller gives up', async () => {
    const controller = new AbortController();
    const pending = codeOf(open.fetch(`${canary.url}/hang`, { ...any, signal: controller.signal }));
    controller.abort();
    expect((await pending).code).to.equal('outbound_failed');
  });
});
