import { expect } from 'chai';
import ImageKit from '@imagekit/nodejs';
import sharp from 'sharp';
import { startServer, type TestServer, settled } from '../../support/harness.ts';
import { disc, near, pictureOf, quadrants } from '../../support/fixtures/pixels.ts';

/** Named transformations and signing keys, from the API to the picture, in the whole product. */

type Json = Record<string, any>;

describe('how a workspace delivers', function () {
  this.timeout(60_000);
  let server: TestServer;
  let editor: TestServer['api'];
  let manager: TestServer['api'];

  before(async () => {
    server = await startServer();
    ({ api: editor } = await server.as('editor'));
    ({ api: manager } = await server.as('admin', ['assets:read', 'workspace:manage']));
  });
  after(() => server?.close());

  const call = async (method: string, path: string, body?: unknown, api = manager) => {
    const answer = await api(`/api/v1${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as Json };
  };
  const put = (name: string, transformation: string, api = manager) =>
    call('PUT', `/named-transformations/${name}`, { transformation }, api);
  const upload = async (name: string, data: Buffer, publish: boolean): Promise<string> => {
    const form = new FormData();
    form.set('publish', String(publish));
    form.set('file', new Blob([new Uint8Array(data)]), name);
    const { id } = (await (await server.api('/api/v1/assets', { method: 'POST', body: form })).json()) as Json;
    await settled(server.api, id as string);
    return id as string;
  };
  const sizeOf = async (address: string) => {
    const answer = await fetch(`${server.url}/cdn/${address}`);
    if (!answer.ok) return answer.status;
    const { width, height } = await sharp(Buffer.from(await answer.arrayBuffer())).metadata();
    return `${width}x${height}`;
  };

  it('keeps transformations under names, for administrators to change', async () => {
    await upload('named.png', await quadrants(), true);
    const made = await put('card', 'tr:w-100,h-100,c-force');
    expect([made.status, made.body['name'], made.body['transformation']]).to.deep.equal([200, 'card', 'w-100,h-100,c-force']);
    expect(await sizeOf('named.png?tr=n-card')).to.equal('100x100');
    expect((await put('card', 'w-80')).body['transformation']).to.equal('w-80');
    expect(await sizeOf('named.png?tr=n-card'), 'at once').to.equal('80x60');
    const seen = await call('GET', '/named-transformations', undefined, editor);
    expect(seen.body['items'].map((item: Json) => item['name'])).to.deep.equal(['card']);
    expect((await put('card', 'w-1', editor)).status, 'not for editors').to.equal(403);
    expect((await call('DELETE', '/named-transformations/card')).status).to.equal(204);
    expect(await sizeOf('named.png?tr=n-card')).to.equal(400);
    expect((await call('DELETE', '/named-transformations/card')).status).to.equal(404);
  });

  it('keeps no transformation that cannot work', async () => {
    for (const text of ['w-x', 'foo-1', 'n-card', 'orig-true', 'l-image,i-a', 'e-bgremove', ':']) {
      const { status, body } = await put('bad', text);
      expect([status, body['code']], text).to.deep.equal([422, 'transformation_invalid']);
    }
    expect((await put('no-hyphens', 'w-1')).status).to.equal(400);
  });

  it('signs addresses of private files with keys that come and go', async () => {
    await upload('secret.png', await quadrants(), false);
    const created = await call('POST', '/signing-keys', { name: 'website' });
    expect(created.status).to.equal(201);
    const old = await call('POST', '/signing-keys', { name: 'from before', secret: 'private_brought_along_1' });
    expect(old.body['secret']).to.equal('private_brought_along_1');
    const address = (secret: string) =>
      new ImageKit({ privateKey: secret }).helper
        .buildSrc({ urlEndpoint: `${server.url}/cdn`, src: '/secret.png', transformation: [{ width: 40 }], expiresIn: 600 })
        .slice(`${server.url}/cdn/`.length);
    expect(await sizeOf('secret.png?tr=w-40')).to.equal(404);
    expect(await sizeOf(address(created.body['secret']))).to.equal('40x30');
    expect(await sizeOf(address('private_brought_along_1'))).to.equal('40x30');
    expect(await sizeOf(address('private_of_somebody'))).to.equal(401);
    const { id } = old.body['signingKey'] as { id: string };
    expect((await call('PATCH', `/signing-keys/${id}`, { state: 'verify_only' })).body['state']).to.equal('verify_only');
    expect(await sizeOf(address('private_brought_along_1'))).to.equal('40x30');
    expect((await call('DELETE', `/signing-keys/${id}`)).status).to.equal(204);
    expect(await sizeOf(address('private_brought_along_1')), 'at once').to.equal(401);
    expect((await call('PATCH', `/signing-keys/${id}`, { state: 'active' })).status, 'for good').to.equal(404);
    const list = await call('GET', '/signing-keys');
    expect(list.body['items'].map((item: Json) => [item['name'], item['state']])).to.deep.equal([['website', 'active']]);
    expect(JSON.stringify(list.body)).not.to.contain(created.body['secret']);
    expect((await call('GET', '/signing-keys', undefined, editor)).status).to.equal(403);
    const rows = await server.container.database.sql.query<{ dump: string }>(
      {},
      `select string_agg(k::text, ' ') as dump from signing_key k`,
    );
    expect(rows[0]?.dump).not.to.contain('private_brought_along_1');
  });

  it('puts watermarks and texts on pictures', async () => {
    await upload('photo.png', await quadrants(), true);
    await upload('mark.png', await disc(), true);
    const answer = await fetch(
      `${server.url}/cdn/photo.png?tr=l-image,i-mark.png,lx-0,ly-0,l-end,l-text,i-Hello,fs-30,co-FFFFFF,bg-000000,pa-5,lx-N0,ly-N0,l-end,f-png`,
    );
    expect(answer.status).to.equal(200);
    const picture = await pictureOf(Buffer.from(await answer.arrayBuffer()));
    expect(near(picture.at(30, 30), [250, 210, 0])).to.equal(true);
    expect(near(picture.at(398, 298), [0, 0, 0])).to.equal(true);
  });
});
