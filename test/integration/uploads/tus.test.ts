import { createHash, randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { Upload } from 'tus-js-client';
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

  it('makes an asset of an empty file', async () => {
    const created = await send('/api/v1/uploads', 'POST', { 'Upload-Length': '0', 'Upload-Metadata': meta({ filename: 'nothing.txt' }) });
    expect(created.status).to.equal(201);
    const id =
      created.headers.get('damson-asset-id') ??
      (await send(created.headers.get('location') ?? '', 'HEAD', {})).headers.get('damson-asset-id');
    expect((await settled(server.api, id ?? '')).bytes).to.equal(0);
  });
});
