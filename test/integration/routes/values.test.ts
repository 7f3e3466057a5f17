import { expect } from 'chai';
import sharp from 'sharp';
import { settled, startServer, type TestServer, upload } from '../../support/harness.ts';

/** Values that fit their declaration and that PostgreSQL cannot hold: the caller's mistake, told as such. */
describe('values that cannot be stored', () => {
  let server: TestServer;
  let asset: Record<string, any>;
  before(async () => {
    server = await startServer();
    const png = await sharp({ create: { width: 4, height: 4, channels: 3, background: '#639' } })
      .png()
      .toBuffer();
    // Once it is ready there is an index to search.
    asset = await settled(server.api, (await upload(server.api, 'a.png', png)).body['id']);
  });
  after(() => server.close());

  const patch = async (body: unknown) =>
    server.api(`/api/v1/assets/${asset['id']}`, {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/json', 'If-Match': `"${asset['rowVersion']}"` },
      body: JSON.stringify(body),
    });

  it('are refused in a body', async () => {
    for (const body of [{ title: 'a\u0000b' }, { description: 'half \ud800' }, { metadata: { creator: 'a\u0000' } }]) {
      const response = await patch(body);
      expect([response.status, ((await response.json()) as { code: string }).code], JSON.stringify(body)).to.deep.equal([
        400,
        'invalid_request',
      ]);
    }
    expect((await patch({ title: 'fine' })).status, 'nothing was written').to.equal(200);
  });

  it('are refused in an address', async () => {
    const statuses = await Promise.all(
      ['/tags?q=%00', '/assets?q=%00', '/assets?folder=%00', '/folders?parent=%00', '/search/suggest?q=%00'].map(
        async (path) => (await server.api(`/api/v1${path}`)).status,
      ),
    );
    expect(statuses.filter((status) => status >= 500)).to.deep.equal([]);
  });
});
