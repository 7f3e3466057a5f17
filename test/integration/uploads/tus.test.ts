import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import { Upload } from 'tus-js-client';
import { UploadsRepository } from '../../../src/modules/library/uploads/uploads.repository.ts';
import { UploadsService } from '../../../src/modules/library/uploads/uploads.service.ts';
import { newId } from '../../../src/platform/database/uuid.ts';
import { settled, startServer, type TestServer } from '../../support/harness.ts';

describe('tus upload', () => {
  let server: TestServer;
  let key: string;
  const tusHeaders = { 'Tus-Resumable': '1.0.0' };

  before(async () => {
    server = await startServer();
    ({ key } = await server.as('editor'));
  });
  after(() => server.close());

  const send = (path: string, method: string, headers: Record<string, string>, body?: Buffer, as = key) =>
    fetch(new URL(path, server.url), {
      method,
      headers: { Authorization: `Bearer ${as}`, ...tusHeaders, ...headers },
      body: body === undefined ? undefined : new Uint8Array(body),
    });
  const meta = (values: Record<string, string>) =>
    Object.entries(values)
      .map(([name, value]) => `${name} ${Buffer.from(value).toString('base64')}`)
      .join(',');
  const create = async (length: number, values: Record<string, string> = { filename: 'x.bin' }) => {
    const response = await send('/api/v1/uploads', 'POST', { 'Upload-Length': String(length), 'Upload-Metadata': meta(values) });
    expect(response.status, await response.clone().text()).to.equal(201);
    return response.headers.get('location') ?? '';
  };
  const patch = (location: string, offset: number, body: Buffer, headers: Record<string, string> = {}) =>
    send(location, 'PATCH', { 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream', ...headers }, body);

  it('works with the tus client: chunks, metadata, the asset id at the end', async () => {
    const bytes = randomBytes(3_000_000);
    const id = await new Promise<string>((resolve, reject) => {
      const upload = new Upload(bytes, {
        endpoint: `${server.url}/api/v1/uploads`,
        headers: { Authorization: `Bearer ${key}` },
        chunkSize: 1_000_000,
        metadata: { filename: 'Übersicht 2026.bin', folder: '/tus/deep', tags: 'a, b', title: 'Titel' },
        onError: reject,
        onSuccess: ({ lastResponse }) => resolve(lastResponse.getHeader('Damson-Asset-Id') ?? ''),
      });
      upload.start();
    });
    const asset = await settled(server.api, id);
    expect(asset).to.include({ name: 'Übersicht 2026.bin', folder: '/tus/deep', title: 'Titel', bytes: bytes.length });
    expect(asset.tags).to.have.members(['a', 'b']);
    expect(asset.sha256).to.equal(createHash('sha256').update(bytes).digest('hex'));
  });

  it('announces its extensions and checksum algorithms', async () => {
    const response = await fetch(`${server.url}/api/v1/uploads`, { method: 'OPTIONS' });
    expect(response.headers.get('tus-extension'))
      .to.include('creation-with-upload')
      .and.include('termination')
      .and.include('checksum')
      .and.include('expiration');
    expect(response.headers.get('tus-checksum-algorithm')).to.include('sha256');
  });

  it('resumes where it stands, refuses a wrong offset, and gives the asset again to whoever asks again', async () => {
    const bytes = randomBytes(10_000);
    const location = await create(bytes.length);
    expect((await patch(location, 0, bytes.subarray(0, 4000))).headers.get('upload-offset')).to.equal('4000');
    expect((await patch(location, 0, bytes)).status).to.equal(409);
    expect((await send(location, 'HEAD', {})).headers.get('upload-offset')).to.equal('4000');
    const last = await patch(location, 4000, bytes.subarray(4000));
    expect(last.status).to.equal(204);
    const id = last.headers.get('damson-asset-id');
    expect(id).to.match(/^[0-9a-f-]{36}$/);
    const again = await send(location, 'HEAD', {});
    expect([again.headers.get('upload-offset'), again.headers.get('damson-asset-id')]).to.deep.equal(['10000', id]);
    const original = await server.api(`/api/v1/assets/${id}/original`);
    expect(Buffer.from(await original.arrayBuffer()).equals(bytes)).to.equal(true);
  });

  it('keeps a chunk only when its checksum is right', async () => {
    const bytes = Buffer.from('checked bytes');
    const location = await create(bytes.length);
    const wrong = await patch(location, 0, bytes, { 'Upload-Checksum': `sha256 ${Buffer.alloc(32).toString('base64')}` });
    expect(wrong.status).to.equal(460);
    expect((await send(location, 'HEAD', {})).headers.get('upload-offset')).to.equal('0');
    const right = await patch(location, 0, bytes, { 'Upload-Checksum': `sha256 ${createHash('sha256').update(bytes).digest('base64')}` });
    expect(right.status).to.equal(204);
  });

  it('lets one of two parallel writers win and loses nothing', async () => {
    const bytes = randomBytes(500_000);
    const location = await create(bytes.length);
    const both = await Promise.all([patch(location, 0, bytes), patch(location, 0, bytes)]);
    const statuses = both.map((response) => response.status).sort((a, b) => a - b);
    expect(statuses[0]).to.equal(204);
    expect(statuses[1]).to.be.oneOf([409, 423, 400, 500]).and.not.equal(500);
    const id = (await send(location, 'HEAD', {})).headers.get('damson-asset-id');
    const original = await server.api(`/api/v1/assets/${id}/original`);
    expect(Buffer.from(await original.arrayBuffer()).equals(bytes)).to.equal(true);
  });

  it('cuts what is more than was declared', async () => {
    const location = await create(1000);
    const response = await patch(location, 0, randomBytes(5000));
    expect(response.status).to.be.oneOf([400, 413]);
    expect(Number((await send(location, 'HEAD', {})).headers.get('upload-offset'))).to.be.at.most(1000);
  });

  it('hides the uploads of others, of nobody and of nonsense', async () => {
    const location = await create(10);
    const other = await server.as('editor');
    for (const method of ['HEAD', 'DELETE']) expect((await send(location, method, {}, undefined, other.key)).status, method).to.equal(404);
    expect((await fetch(new URL(location, server.url), { method: 'HEAD', headers: tusHeaders })).status).to.equal(401);
    for (const id of ['..%2f..%2fetc', 'nope', '%00'])
      expect((await send(`/api/v1/uploads/${id}`, 'HEAD', {})).status, id).to.be.oneOf([400, 404]);
  });

  it('takes a cancelled upload back: nothing of it remains, nothing of it looks complete', async () => {
    const bytes = randomBytes(2000);
    const location = await create(bytes.length);
    await patch(location, 0, bytes.subarray(0, 1500));
    expect((await send(location, 'DELETE', {})).status).to.equal(204);
    expect((await send(location, 'HEAD', {})).status).to.equal(404);
    expect((await patch(location, 1500, bytes.subarray(1500))).status).to.equal(404);
  });

  it('refuses before taking bytes what it would refuse after', async () => {
    const refused = await send('/api/v1/uploads', 'POST', {
      'Upload-Length': '10',
      'Upload-Metadata': meta({ filename: 'a', onConflict: 'explode' }),
    });
    expect(refused.status).to.equal(400);
    const dots = await send('/api/v1/uploads', 'POST', {
      'Upload-Length': '10',
      'Upload-Metadata': meta({ filename: 'a', folder: '/../x' }),
    });
    expect(dots.status).to.equal(400);
    const huge = await send('/api/v1/uploads', 'POST', { 'Upload-Length': String(2 ** 50), 'Upload-Metadata': meta({ filename: 'a' }) });
    expect(huge.status).to.equal(413);
    const viewer = await server.as('viewer');
    const forbidden = await send(
      '/api/v1/uploads',
      'POST',
      { 'Upload-Length': '1', 'Upload-Metadata': meta({ filename: 'a' }) },
      undefined,
      viewer.key,
    );
    expect(forbidden.status).to.be.oneOf([403, 404]);
  });

  it('gives back Upload-Metadata as it was sent, to the letter', async () => {
    // "responses to HEAD requests MUST include the Upload-Metadata header and its value as specified by the Client"
    const sent = `filename ${btoa('a.bin')},is_confidential,relativePath ${btoa('x/y')}`;
    const opened = await send('/api/v1/uploads', 'POST', { 'Upload-Length': '3', 'Upload-Metadata': sent });
    const location = opened.headers.get('location') ?? '';
    expect((await send(location, 'HEAD', {})).headers.get('upload-metadata')).to.equal(sent);
    expect((await patch(location, 0, Buffer.from('abc'))).status).to.equal(204);
    expect((await send(location, 'HEAD', {})).headers.get('upload-metadata')).to.equal(sent);
    const plain = await send('/api/v1/uploads', 'POST', { 'Upload-Length': '3' });
    expect((await send(plain.headers.get('location') ?? '', 'HEAD', {})).headers.has('upload-metadata')).to.equal(false);
  });

  it('answers every refusal as a problem document, also those of the protocol itself', async () => {
    const location = await create(10);
    const asked: [Promise<Response>, number, string][] = [
      [
        send(`/api/v1/uploads/00000000-0000-7000-8000-000000000000`, 'PATCH', {
          'Upload-Offset': '0',
          'Content-Type': 'application/offset+octet-stream',
        }),
        404,
        'not_found',
      ],
      [patch(location, 5, Buffer.from('12345')), 409, 'conflict'],
      [patch(location, 0, Buffer.from('x'.repeat(11))), 413, 'payload_too_large'],
      [patch(location, 0, Buffer.from('x'), { 'Upload-Checksum': 'crc32 AAAA' }), 400, 'invalid_request'],
      [patch(location, 0, Buffer.from('x'), { 'Upload-Checksum': 'md5 AAAA' }), 460, 'checksum_mismatch'],
      [send('/api/v1/uploads', 'POST', { 'Upload-Metadata': 'filename ä' }), 400, 'invalid_request'],
      [fetch(new URL(location, server.url), { method: 'PATCH', headers: { Authorization: `Bearer ${key}` } }), 412, 'precondition_failed'],
    ];
    for (const [asking, status, code] of asked) {
      const answer = await asking;
      expect([answer.status, answer.headers.get('content-type')], code).to.deep.equal([status, 'application/problem+json']);
      expect(await answer.json(), code).to.deep.include({ status, code, requestId: answer.headers.get('x-request-id') });
      if (status === 412) expect(answer.headers.get('tus-version')).to.equal('1.0.0');
    }
  });

  /** The service as another process has it, with this look at the rows. */
  const another = (repository: UploadsRepository) => {
    const { container } = server;
    return new UploadsService({
      repository,
      storage: container.storage,
      folders: container.folders.service,
      create: container.assets.create,
      newId,
      maxBytes: 1000,
      telemetry: container.telemetry,
      checkQuota: async () => undefined,
    });
  };

  it('tells who looked while another one finished that it is finished, not that it is gone', async () => {
    const { container, ctx } = server;
    const { id } = await container.uploads.service.create(ctx, { size: 4, metadata: { filename: 'overtaken.bin' } });
    let assetId: string | null = null;
    /** Between the look at the row and the look at its object. */
    class Overtaken extends UploadsRepository {
      override async find(...args: Parameters<UploadsRepository['find']>): ReturnType<UploadsRepository['find']> {
        const row = await super.find(...args);
        if (assetId === null) {
          await container.uploads.service.receive(ctx, id, 0, Readable.from([Buffer.from('race')]));
          assetId = await container.uploads.service.finish(ctx, id);
        }
        return row;
      }
    }
    const state = await another(new Overtaken(container.database.dataSource)).state(ctx, id);
    expect(state).to.deep.include({ offset: 4, assetId });
  });

  it('gives the asset to a request that looked before another one committed', async () => {
    const { container, ctx } = server;
    const id = (await container.uploads.service.create(ctx, { size: 4, metadata: { filename: 'race.bin' } })).id;
    await container.uploads.service.receive(ctx, id, 0, Readable.from([Buffer.from('race')]));
    let other: string | null = null;
    /** Between the look at the row and the lease, the request whose answer was lost ends. */
    class Overtaken extends UploadsRepository {
      override async lease(...args: Parameters<UploadsRepository['lease']>): ReturnType<UploadsRepository['lease']> {
        other ??= await container.uploads.service.finish(ctx, id);
        return super.lease(...args);
      }
    }
    const late = another(new Overtaken(container.database.dataSource));
    expect(await late.finish(ctx, id))
      .to.equal(other)
      .and.to.be.a('string');
  });

  it('publishes what was there before when that is wished: a new version, or the twin that stays', async () => {
    const put = async (bytes: Buffer, values: Record<string, string>) => {
      const last = await patch(await create(bytes.length, { publish: 'true', folder: '/tus/public', ...values }), 0, bytes);
      expect(last.status, await last.clone().text()).to.equal(204);
      return last.headers.get('damson-asset-id') ?? '';
    };
    const published = async (id: string) => (await settled(server.api, id)).published.now;
    const bytes = randomBytes(500);
    const id = await put(bytes, { filename: 'twin.bin', publish: 'false' });
    expect(await published(id)).to.equal(false);
    expect(await put(bytes, { filename: 'twin-2.bin', onDuplicate: 'skip' })).to.equal(id);
    expect(await published(id)).to.equal(true);
    const named = await put(randomBytes(500), { filename: 'named.bin', publish: 'false' });
    expect(await put(randomBytes(500), { filename: 'named.bin', onConflict: 'version' })).to.equal(named);
    expect(await published(named)).to.equal(true);
  });

  it('cleans or refuses what no database can hold', async () => {
    const cleaned = await create(1, { filename: 'a\u0000b.txt', folder: '/nul\u0000l', tags: 'o\u0000ne' });
    const last = await patch(cleaned, 0, Buffer.from('x'));
    const asset = await settled(server.api, last.headers.get('damson-asset-id') ?? '');
    expect([asset.name, asset.folder]).to.deep.equal(['a_b.txt', '/nul_l']);
    const bad: Record<string, string>[] = [
      { title: 'a\u0000b' },
      { metadata: '{"creator":"a\\u0000"}' },
      { metadata: '{"creator":"\\ud800"}' },
      { metadata: '{"a\\u0000":1}' },
    ];
    for (const values of bad) {
      const answer = await send('/api/v1/uploads', 'POST', { 'Upload-Length': '1', 'Upload-Metadata': meta({ filename: 'a', ...values }) });
      expect([answer.status, ((await answer.json()) as { code: string }).code], JSON.stringify(values)).to.deep.equal([
        400,
        'invalid_request',
      ]);
    }
  });

  it('makes an asset of an empty file', async () => {
    const created = await send('/api/v1/uploads', 'POST', { 'Upload-Length': '0', 'Upload-Metadata': meta({ filename: 'nothing.txt' }) });
    expect(created.status).to.equal(201);
    const id =
      created.headers.get('damson-asset-id') ??
      (await send(created.headers.get('location') ?? '', 'HEAD', {})).headers.get('damson-asset-id');
    expect((await settled(server.api, id ?? '')).bytes).to.equal(0);
  });
});
