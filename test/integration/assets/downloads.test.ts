import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect } from 'chai';
import { createLogger } from '../../../src/platform/log.ts';
import { createDiskStorage } from '../../../src/platform/storage/disk.ts';
import type { Key, Presigned, Storage } from '../../../src/platform/storage/storage.ts';
import { onEngine } from '../../support/engines.ts';
import { startServer, type TestServer, upload } from '../../support/harness.ts';
import { makeBucket, S3_VARIABLES } from '../../support/s3.ts';

/** Originals over 64 MB, which people and keys fetch from the store itself. */

const LARGE = Buffer.alloc(64_000_001, 'large ');
const SMALL = Buffer.from('small');
const sha = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** As curl asks: `fetch` says of itself that it is a script of a page. */
function ask(url: string, headers: Record<string, string>, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (response) => {
      buffer(response).then((body) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }), reject);
    });
    sent.once('error', reject).end();
  });
}

/** The same store, declared to have addresses for outside. */
function declared(storage: Storage, presignedGet: Storage['presignedGet']): Storage {
  const over: Partial<Storage> = { features: { ...storage.features, presignedGet: true }, presignedGet };
  return new Proxy(storage, {
    get: (target, name) => {
      const value: unknown = Reflect.get(Object.hasOwn(over, name) ? over : target, name);
      return typeof value === 'function' && !Object.hasOwn(over, name) ? value.bind(target) : value;
    },
  });
}

async function stored(server: TestServer, name: string, bytes: Buffer): Promise<string> {
  const { status, body } = await upload(server.api, name, bytes);
  expect(status).to.equal(201);
  return `/api/v1/assets/${body['id']}/original`;
}

describe('downloads of large originals', function () {
  this.timeout(120_000);
  const lines: string[] = [];
  const given: (Presigned & { key: Key })[] = [];
  let dir: string;
  let server: TestServer;
  let elsewhere: Server;
  let large: string;
  let small: string;
  let cookie: string;
  let broken = false;
  const log = createLogger({ level: 'debug', format: 'json', stream: { write: (line: string) => void lines.push(line) } });

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'damson-downloads-'));
    const disk = await createDiskStorage({ dir });
    elsewhere = createServer((_, res) => res.end('from the store')).listen(0, '127.0.0.1');
    await new Promise((resolve) => elsewhere.once('listening', resolve));
    const origin = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
    const storage = declared(disk, async (key, download) => {
      if (broken) throw new Error('the machine has lost its role');
      given.push({ key, ...download });
      return `${origin}/bucket/${key}?X-Amz-Signature=very-secret`;
    });
    server = await startServer({ overrides: { storage }, work: false, log });
    large = await stored(server, 'Größe.bin', LARGE);
    small = await stored(server, 'small.bin', SMALL);
    cookie = await server.signIn();
  });
  after(async () => {
    await server.close();
    await new Promise((resolve) => elsewhere.close(resolve));
    await rm(dir, { recursive: true, force: true });
  });
  beforeEach(() => void given.splice(0));

  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    ask(server.url + path, { cookie, ...headers }, method);

  it('are answered with an address that works for a minute, which nobody keeps', async () => {
    const { status, headers, body } = await get(large);
    expect([status, body.length]).to.deep.equal([302, 0]);
    expect(headers.location).to.match(/^http:\/\/127\.0\.0\.1:\d+\/bucket\/originals\/.+\?X-Amz-Signature=very-secret$/);
    expect(headers).to.include({
      'cache-control': 'private, no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(headers.etag).to.equal(undefined);
    expect(given).to.have.length(1);
    expect(given[0]).to.include({ filename: 'Größe.bin', mime: 'application/octet-stream', seconds: 60 });
    expect(String((await ask(headers.location ?? '', {})).body)).to.equal('from the store');
    expect(lines.join(''))
      .to.contain('{')
      .and.not.to.match(/very-secret|X-Amz/);
  });

  it('are answered so for keys, and for what a browser downloads', async () => {
    const { key } = await server.as('editor', ['assets:read']);
    expect((await ask(server.url + large, { authorization: `Bearer ${key}` })).status).to.equal(302);
    for (const fetched of [
      { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
      { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'empty' },
      { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'empty' },
    ])
      expect((await get(large, fetched)).status, JSON.stringify(fetched)).to.equal(302);
  });

  const bytes: [string, string, Record<string, string>, number?][] = [
    ['whoever cannot follow', '?redirect=false', {}],
    ['a picture in a page', '', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }],
    ['a script of a page', '', { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }],
    ['a frame', '', { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' }],
  ];
  for (const [what, query, headers] of bytes)
    it(`are sent by us to ${what}`, async () => {
      const answer = await get(large + query, headers);
      expect(answer.status).to.equal(200);
      expect(answer.headers['content-disposition']).to.match(/^attachment/);
      expect(sha(answer.body)).to.equal(sha(LARGE));
      expect(given).to.deep.equal([]);
    });

  it('are sent by us in parts, and lead to the store also a script that asks for it', async () => {
    const part = await get(`${large}?redirect=true`, { range: 'bytes=10-19' });
    expect([part.status, part.headers['content-range']]).to.deep.equal([206, `bytes 10-19/${LARGE.length}`]);
    expect(part.body).to.deep.equal(LARGE.subarray(10, 20));
    expect((await get(`${large}?redirect=true`, { 'sec-fetch-mode': 'cors' })).status).to.equal(302);
    expect((await get(`${large}?redirect=perhaps`)).status).to.equal(400);
  });

  it('tell their length to HEAD, and that nothing has changed to who has them', async () => {
    const head = await get(large, {}, 'HEAD');
    expect([head.status, head.headers['content-length']]).to.deep.equal([200, String(LARGE.length)]);
    expect(head.headers.etag).to.match(/^"[^"]+"$/);
    expect((await get(large, { 'if-none-match': head.headers.etag ?? '' })).status).to.equal(304);
    expect(given).to.deep.equal([]);
  });

  it('are nobody’s whose rights do not reach', async () => {
    expect((await ask(server.url + large, {})).status).to.equal(401);
    const { key } = await server.as('editor', ['assets:write']);
    expect((await ask(server.url + large, { authorization: `Bearer ${key}` })).status).to.equal(403);
    const viewer = await server.as('viewer');
    expect((await ask(server.url + large, { authorization: `Bearer ${viewer.key}` })).status, 'renditions only').to.equal(404);
    expect((await get('/api/v1/assets/01890000-0000-7000-8000-000000000000/original')).status).to.equal(404);
    expect(given).to.deep.equal([]);
  });

  it('leave small ones to us', async () => {
    const answer = await get(small);
    expect([answer.status, String(answer.body)]).to.deep.equal([200, 'small']);
    expect(given).to.deep.equal([]);
  });

  it('fail as any answer does when no address can be made', async () => {
    broken = true;
    try {
      const answer = await get(large);
      expect([answer.status, answer.headers.location]).to.deep.equal([500, undefined]);
      expect(answer.headers['content-type']).to.contain('application/problem+json');
    } finally {
      broken = false;
    }
  });

  it('never go elsewhere when that is turned off', async () => {
    const storage = declared(await createDiskStorage({ dir: `${dir}-off` }), async () => 'https://nowhere.example');
    const other = await startServer({ overrides: { storage }, work: false, env: { PRESIGNED_DOWNLOADS: 'off' } });
    try {
      const path = await stored(other, 'large.bin', LARGE);
      expect((await ask(other.url + path, { cookie: await other.signIn() })).status).to.equal(200);
    } finally {
      await other.close();
      await rm(`${dir}-off`, { recursive: true, force: true });
    }
  });
});

onEngine('S3', S3_VARIABLES, () => {
  describe('downloads of large originals from a real store', function () {
    this.timeout(120_000);

    it('give the bytes as an attachment with their name, and leave those of an inner network to us', async () => {
      const bucket = await makeBucket();
      const storage = await bucket.open();
      const server = await startServer({
        overrides: { storage: declared(storage, (key, download) => storage.presignedGet?.(key, download) ?? Promise.reject(new Error())) },
        work: false,
      });
      try {
        const path = await stored(server, 'Größe.bin', LARGE);
        const cookie = await server.signIn();
        const { status, headers } = await ask(server.url + path, { cookie });
        expect(status).to.equal(302);
        expect(new URL(headers.location ?? '').searchParams.get('X-Amz-Expires')).to.equal('60');
        const file = await ask(headers.location ?? '', {});
        expect(file.status).to.equal(200);
        expect(sha(file.body)).to.equal(sha(LARGE));
        expect(file.headers['content-disposition']).to.match(/^attachment; filename=.*filename\*=UTF-8''Gr%C3%B6/);
        expect(storage.features.presignedGet, 'http:// is declared to be inner').to.equal(false);
      } finally {
        await server.close();
        await bucket.remove();
      }
    });
  });
});
