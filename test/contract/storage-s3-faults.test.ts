import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect } from 'chai';
import { keys } from '../../src/platform/storage/keys.ts';
import { createS3Storage, type S3Storage } from '../../src/platform/storage/s3.ts';
import { silentLog } from '../../src/platform/log.ts';
import { onEngine } from '../support/engines.ts';
import { S3_VARIABLES, type TestBucket } from '../support/s3.ts';
import type { Faults } from '../support/s3-faults.ts';
import { until } from '../support/until.ts';
import { bytes, content, failure, listed, original, sha } from './storage.suite.ts';
import { makeS3 } from './storage-subjects.ts';

/** A store that fails in the ways stores fail: always told as an outage, in bounded time, and over when the store is well again. */

const SILENCE_MS = 300;
/** Generous: only a storage that waits for ever goes past it. */
const BOUND_MS = 15_000;

async function within<T>(what: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not cut within ${BOUND_MS} ms`)), BOUND_MS);
  });
  return Promise.race([what, late]).finally(() => clearTimeout(timer));
}

onEngine('S3', S3_VARIABLES, () => {
  describe('storage on S3: faults of the network', () => {
    let subject: { bucket: TestBucket; faults: Faults; remove(): Promise<void> };
    let faults: Faults;
    let storage: S3Storage;
    const data = bytes(3_000_000);

    beforeEach(async () => {
      subject = await makeS3();
      faults = subject.faults;
      storage = await subject.bucket.open({ endpoint: faults.endpoint, timeoutMs: SILENCE_MS });
      await storage.put(original('there'), data);
    });
    afterEach(async () => {
      await storage.close();
      await faults.heal();
      await subject.remove();
    });

    const isWell = async () => {
      expect(sha((await content(storage, original('there'))) ?? Buffer.alloc(0))).to.equal(sha(data));
      expect(await storage.read(original('absent'))).to.equal(null);
    };

    it('cuts a store that takes requests and answers none', async () => {
      const draft = await storage.open(original('draft'));
      faults.hang();
      const attempts = {
        read: storage.read(original('there')),
        head: storage.head(original('there')),
        put: storage.put(original('y'), bytes(3)),
        stream: storage.put(original('z'), Readable.from([bytes(3)])),
        open: storage.open(original('z')),
        stat: storage.stat(draft),
        complete: storage.complete(draft),
        remove: storage.remove([original('there'), original('y')]),
        list: listed(storage, ''),
        describe: storage.describe(),
        local: storage.withLocalFile(original('there'), async () => 1),
      };
      const codes = await Promise.all(Object.entries(attempts).map(async ([verb, work]) => [verb, await within(failure(work))]));
      expect(Object.fromEntries(codes)).to.deep.equal(Object.fromEntries(Object.keys(attempts).map((verb) => [verb, 'unavailable'])));
      expect(await within(storage.verify())).to.have.length(1);
      await faults.heal();
      await isWell();
      expect(await storage.head(original('y'))).to.equal(null);
      expect(await storage.append(draft, 0, Readable.from([bytes(2)]))).to.equal(2);
    });

    it('cuts a body that stops in the middle, and never takes it for the end', async () => {
      for (const fault of ['hang', 'reset'] as const) {
        faults[fault](1_000_000);
        const body = await storage.read(original('there'));
        expect(await within(failure(buffer(body?.stream ?? Readable.from([])))), fault).to.equal('unavailable');
        await faults.heal();
        await isWell();
      }
    });

    it('removes the private copy of an object that broke off', async () => {
      faults.reset(1_000_000);
      expect(await within(failure(storage.withLocalFile(original('there'), async () => 1)))).to.equal('unavailable');
      await faults.heal();
      expect(await storage.withLocalFile(original('there'), async () => 'lent')).to.equal('lent');
    });

    it('waits for a slow reader, and for a slow store', async () => {
      const body = await storage.read(original('there'));
      const read = body?.stream.iterator() as AsyncIterator<Buffer>;
      const pieces = [(await read.next()).value as Buffer];
      // Longer than the limit, with nothing moving: it is the reader who is late.
      const end = Date.now() + 3 * SILENCE_MS;
      await until('the reader to come back', () => Date.now() > end);
      for (let next = await read.next(); next.done !== true; next = await read.next()) pieces.push(next.value);
      expect(sha(Buffer.concat(pieces))).to.equal(sha(data));
      faults.delay(SILENCE_MS / 10);
      await isWell();
    });

    it('keeps every byte it acknowledged when the store goes away in the middle of an upload', async () => {
      const whole = bytes(17_000_000);
      const draft = await storage.open(original('upload'));
      let acknowledged = await storage.append(draft, 0, Readable.from([whole.subarray(0, 3_000_000)]));
      for (const size of [6_000_000, 12_000_000]) {
        // Goes away when a part is there.
        const pieces = async function* () {
          yield whole.subarray(acknowledged, acknowledged + size);
          await until('a part to be there', async () => (await subject.bucket.uploads()).length > 0);
          await faults.refuse();
          yield Buffer.alloc(1);
        };
        expect(await within(failure(storage.append(draft, acknowledged, Readable.from(pieces()))))).to.equal('unavailable');
        await faults.heal();
        const stored = await storage.stat(draft);
        expect(stored).to.be.at.least(acknowledged);
        acknowledged = stored;
      }
      // The store may come to the end of a part it was sent before it went away: then there is more than it said a moment ago.
      await until('the rest to be taken', async () => {
        const stored = await storage.stat(draft);
        const code = await failure(storage.append(draft, stored, Readable.from([whole.subarray(stored)])));
        expect(code).to.be.oneOf(['nothing was thrown', 'offset_conflict']);
        return code !== 'offset_conflict';
      });
      expect((await storage.complete(draft)).bytes).to.equal(whole.length);
      expect(sha((await content(storage, original('upload'))) ?? Buffer.alloc(0))).to.equal(sha(whole));
    });

    it('finishes an upload whose completion was answered to nobody', async () => {
      const whole = bytes(6_000_000);
      const draft = await storage.open(original('lost'));
      await storage.append(draft, 0, Readable.from([whole]));
      const direct = await subject.bucket.open();
      await direct.complete(draft);
      await direct.close();
      faults.reset(0);
      expect(await within(failure(storage.complete(draft)))).to.equal('unavailable');
      await faults.heal();
      expect((await storage.complete(draft)).bytes).to.equal(whole.length);
    });

    it('holds no connection for bodies nobody reads to the end', async () => {
      for (let round = 0; round < 300; round++) {
        const body = await storage.read(original('there'));
        body?.stream.destroy();
      }
      await until('the connections to be closed', () => faults.connections <= 2);
      await isWell();
    });
  });
});

/** Answers that a real server gives seldom, from one that gives nothing else. */
describe('storage on S3: answers', () => {
  let server: Server;
  let storage: S3Storage;
  let requests: string[];
  let respond: RequestListener;

  before((done) => {
    server = createServer((req, res) => {
      requests.push(`${req.method} ${req.url}`);
      req.resume();
      respond(req, res);
    }).listen(0, '127.0.0.1', done);
  });
  beforeEach(async () => {
    requests = [];
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const credentials = { accessKeyId: 'key', secretAccessKey: { reveal: () => 'hidden-secret' } };
    const options = {
      endpoint,
      region: 'us-east-1',
      bucket: 'bucket',
      credentials,
      forcePathStyle: true,
      timeoutMs: 2000,
      cache: { dir: 'unused' },
    };
    storage = await createS3Storage(options, { log: silentLog });
  });
  afterEach(() => storage.close());
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const refuse = (status: number, code: string, headers: Record<string, string> = {}): RequestListener => {
    return (_req, res) => void res.writeHead(status, headers).end(`<Error><Code>${code}</Code><Message>as told</Message></Error>`);
  };

  it('tries a store that is too busy three times', async () => {
    respond = refuse(503, 'SlowDown');
    expect(await failure(storage.head(original('x')))).to.equal('unavailable');
    expect(requests).to.have.length(3);
  });

  it('asks without the SDK first, and not so again after a refusal', async () => {
    respond = refuse(503, 'SlowDown');
    expect(await failure(storage.read(original('x')))).to.equal('unavailable');
    expect(requests).to.have.length(4);
    expect(await failure(storage.read(original('x')))).to.equal('unavailable');
    expect(requests).to.have.length(7);
  });

  it('recovers when the second try works', async () => {
    respond = (req, res) => (requests.length === 1 ? refuse(500, 'InternalError')(req, res) : void res.end('abc'));
    expect((await content(storage, original('x')))?.toString()).to.equal('abc');
  });

  it('takes nothing but NoSuchKey for an object that is not there', async () => {
    const answers = [
      [403, 'AccessDenied'],
      [403, 'RequestTimeTooSkewed'],
      [404, 'NoSuchBucket'],
      [404, 'SomethingElse'],
      [400, 'Weird'],
    ] as const;
    for (const [status, code] of answers) {
      respond = refuse(status, code);
      expect(await failure(storage.read(original('x'))), code).to.equal('unavailable');
      expect(await failure(storage.head(original('x'))), code).to.equal('unavailable');
      expect(await failure(storage.stat({ key: original('x'), state: {} })), code).to.equal('unavailable');
    }
    respond = (_req, res) => void res.writeHead(404, { 'Content-Type': 'text/html' }).end('<html><body>Not found</body></html>');
    expect(await failure(storage.read(original('x')))).to.equal('unavailable');
    respond = refuse(404, 'NoSuchKey');
    expect(await storage.read(original('x'))).to.equal(null);
  });

  it('tells a full store from one that is away', async () => {
    for (const [status, code] of [
      [507, 'InsufficientStorage'],
      [403, 'QuotaExceeded'],
    ] as const) {
      respond = refuse(status, code);
      expect(await failure(storage.put(original('x'), bytes(1)))).to.equal('storage_full');
    }
  });

  it('names a clock that is wrong, without saying the secret', async () => {
    respond = refuse(403, 'RequestTimeTooSkewed');
    expect((await storage.verify())[0]).to.match(/clocks.*set the clock/);
    respond = refuse(403, 'AccessDenied', { Date: new Date(Date.now() - 3_600_000).toUTCString() });
    const problems = await storage.verify();
    expect(problems[0]).to.match(/s3:GetObject/);
    expect(problems[1]).to.match(/60 minutes behind/);
    expect(problems.join(' ')).not.to.contain('hidden-secret');
  });

  it('refuses an answer that is shorter than announced, or another range', async () => {
    respond = (_req, res) => {
      res.writeHead(200, { 'Content-Length': '10', Connection: 'close' });
      res.write('abc', () => res.socket?.end());
    };
    expect(await failure(content(storage, original('x')))).to.equal('unavailable');
    respond = (_req, res) => void res.end('the whole object');
    expect(await failure(content(storage, original('x'), { start: 4, end: 8 }))).to.equal('unavailable');
  });

  it('removes one by one where the store cannot remove many at once', async () => {
    const gone: string[] = [];
    respond = (req, res) => {
      if (req.method === 'POST') return refuse(501, 'NotImplemented')(req, res);
      gone.push(req.url?.split('?')[0] ?? '');
      res.writeHead(204).end();
    };
    const some = Array.from({ length: 20 }, (_, i) => keys.derived('w', 'b', `h${i}`, 'webp'));
    await storage.remove(some);
    await storage.remove(some);
    expect(gone.sort()).to.deep.equal([...some, ...some].map((key) => `/bucket/${key}`).sort());
    expect(requests.filter((request) => request.startsWith('POST'))).to.have.length(1);
  });

  it('tells which object could not be removed of many', async () => {
    const errors = '<Error><Key>k</Key><Code>AccessDenied</Code><Message>no</Message></Error>';
    respond = (_req, res) => void res.end(`<DeleteResult>${errors}</DeleteResult>`);
    expect(await failure(storage.remove([original('a'), original('b')]))).to.equal('unavailable');
  });

  it('writes without a condition where the store knows none', async () => {
    const conditions: unknown[] = [];
    respond = (req, res) => {
      conditions.push(req.headers['if-none-match']);
      if (req.headers['if-none-match'] === undefined) res.end();
      else refuse(501, 'NotImplemented')(req, res);
    };
    await storage.open(original('a'));
    await storage.open(original('b'));
    expect(conditions).to.deep.equal(['*', undefined, undefined]);
  });
});
