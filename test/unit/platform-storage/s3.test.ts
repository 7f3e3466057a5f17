import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { Secret } from '../../../config/secret.ts';
import { silentLog } from '../../../src/platform/log.ts';
import { isKey, isOwn, keys } from '../../../src/platform/storage/keys.ts';
import { S3Calls } from '../../../src/platform/storage/s3-calls.ts';
import { connectS3 } from '../../../src/platform/storage/s3-client.ts';
import { S3Presigner } from '../../../src/platform/storage/s3-presign.ts';
import { createS3Storage } from '../../../src/platform/storage/s3.ts';
import { MIN_PART, partSize } from '../../../src/platform/storage/s3-multipart.ts';

describe('storage on S3', () => {
  it('needs no more than 10,000 parts for the largest object of 5 TiB, none below 5 MiB or above 5 GiB', () => {
    let [offset, parts, smallest, largest] = [0, 0, Number.POSITIVE_INFINITY, 0];
    while (offset < 5 * 2 ** 40) {
      const size = partSize(offset);
      [offset, parts, smallest, largest] = [offset + size, parts + 1, Math.min(smallest, size), Math.max(largest, size)];
    }
    expect(parts).to.be.at.most(10_000);
    expect([smallest, largest <= 2 ** 30]).to.deep.equal([MIN_PART, true]);
    expect(partSize(4 * 2 ** 30), 'memory for files up to 4 GiB').to.equal(MIN_PART);
  });

  it('keeps its own objects apart from those of others', () => {
    const original = keys.original('w1', 'b1');
    expect([isKey(keys.draft(original)), isOwn(keys.draft(original)), isOwn(keys.probe('p')), isOwn(original)]).to.deep.equal([
      true,
      true,
      true,
      false,
    ]);
  });

  it('sends a write again that another one was in the way of, and gives up when that does not end', async () => {
    const asked: string[] = [];
    let conflicts = 1;
    const server = createServer((req, res) => {
      asked.push(`${req.method} ${String(req.url).split('?')[0]}`);
      req.resume().on('end', () => {
        if (conflicts > 0) {
          conflicts -= 1;
          res
            .writeHead(409, { 'Content-Type': 'application/xml' })
            .end('<Error><Code>OperationAborted</Code><Message>Try again.</Message></Error>');
        } else res.writeHead(200, { ETag: '"e"' }).end();
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const { port } = server.address() as AddressInfo;
      const credentials = { accessKeyId: 'k', secretAccessKey: new Secret('s') };
      const place = { endpoint: `http://127.0.0.1:${port}`, region: 'eu-central-1', bucket: 'damson' };
      const connection = await connectS3({ ...place, credentials, forcePathStyle: true, timeoutMs: 1000 }, silentLog);
      const calls = new S3Calls(connection);
      expect(await calls.put(keys.original('w1', 'b1'), Buffer.from('x'))).to.equal('stored');
      expect(asked).to.deep.equal(Array(2).fill('PUT /damson/originals/w1/b1'));
      conflicts = 100;
      const error = await calls.put(keys.original('w1', 'b1'), Buffer.from('x')).catch((reason: unknown) => reason);
      expect(error).to.have.property('code', 'unavailable');
      expect(asked.length).to.be.below(10);
      connection.close();
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  describe('for clients', () => {
    const KEY = keys.original('w1', 'b1');
    const open = (options: { endpoint: string | null; publicEndpoint?: string | false | null }) =>
      createS3Storage(
        {
          region: 'eu-central-1',
          bucket: 'damson',
          credentials: { accessKeyId: 'k', secretAccessKey: new Secret('s') },
          forcePathStyle: true,
          timeoutMs: 1000,
          cache: { dir: '/nonexistent' },
          ...options,
        },
        { log: silentLog },
      );

    it('is offered at AWS, with https, and where somebody says so', async () => {
      const outer = 'https://s3.example';
      for (const [endpoint, publicEndpoint, offered] of [
        [null, undefined, true],
        [null, false, false],
        [outer, null, true],
        [outer, false, false],
        ['http://inner:9000', null, false],
        ['http://inner:9000', outer, true],
      ] as const) {
        const { features } = await open({ endpoint, publicEndpoint });
        expect([features.presignedPut, features.presignedGet], `${endpoint} ${publicEndpoint}`).to.deep.equal([offered, offered]);
      }
    });

    it('signs for the host that clients reach', async () => {
      const storage = await open({ endpoint: 'http://inner:9000', publicEndpoint: 'https://s3.example' });
      const url = new URL((await storage.presignedGet?.(KEY, { filename: 'a.jpg', mime: 'image/jpeg', seconds: 60 })) ?? '');
      expect([url.origin, url.pathname]).to.deep.equal(['https://s3.example', `/damson/${KEY}`]);
    });

    it('signs a part of one upload, number and length, and nothing a browser would not send by itself', async () => {
      const credentials = { accessKeyId: 'k', secretAccessKey: new Secret('s') };
      const options = { endpoint: null, region: 'eu-central-1', bucket: 'damson', credentials, forcePathStyle: false, timeoutMs: 1000 };
      const url = new URL(await new S3Presigner(await connectS3(options, silentLog)).part(KEY, 'u1', { number: 7, bytes: 1234 }, 900));
      expect([url.origin, url.pathname]).to.deep.equal(['https://damson.s3.eu-central-1.amazonaws.com', `/${KEY}`]);
      const { searchParams: query } = url;
      expect([query.get('partNumber'), query.get('uploadId'), query.get('X-Amz-Expires')]).to.deep.equal(['7', 'u1', '900']);
      expect(query.get('X-Amz-SignedHeaders')).to.equal('content-length;host');
      expect([...query.keys()].filter((name) => /checksum|sdk-checksum/i.test(name))).to.deep.equal([]);
    });

    it('takes parts in no more than 2,000 pieces, none above 5 GiB, all whole MiB', async () => {
      const { direct } = await open({ endpoint: null });
      for (const bytes of [1, 2 ** 20, 10 ** 9, 32_000 * 2 ** 20, 32_000 * 2 ** 20 + 1, 10 ** 12 + 1, 5 * 2 ** 40]) {
        const size = direct?.partBytes(bytes) ?? 0;
        expect([size % 2 ** 20, size >= 16 * 2 ** 20, size <= 5 * 2 ** 30, Math.ceil(bytes / size) <= 2000], String(bytes)).to.deep.equal([
          0,
          true,
          true,
          true,
        ]);
      }
    });
  });

  it('loads the SDK only when S3 is used', async () => {
    const folder = new URL('../../../src/platform/storage/', import.meta.url);
    for (const name of await readdir(folder)) {
      const source = await readFile(new URL(name, folder), 'utf8');
      const loaded = source
        .split('\n')
        .filter((line) => /^(import|export)\b.*from '@(aws-sdk|smithy)\//.test(line) && !line.startsWith('import type'));
      expect(loaded, name).to.deep.equal([]);
    }
  });
});
