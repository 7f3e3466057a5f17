import { expect } from 'chai';
import { fillDemo, removeDemo } from '../../../src/cli/demo-library.ts';
import { startServer, type TestServer, upload, settled } from '../../support/harness.ts';

describe('demo library', () => {
  let server: TestServer;
  before(async function () {
    this.timeout(120_000);
    server = await startServer();
  });
  after(() => server?.close());

  it('fills the library with ready pictures, adds what is missing, and takes exactly its own away', async function () {
    this.timeout(180_000);
    const mine = await upload(server.api, 'mine.txt', Buffer.from('my own'), { tags: 'demo', folder: '/Products' });
    const made = await fillDemo(server.container, { seed: 'test', count: 8 });
    expect(made).to.deep.include({ created: 8, present: 0, failed: [] });

    const list = (await (await server.api('/api/v1/assets?limit=50')).json()) as { items: Record<string, any>[] };
    expect(list.items).to.have.length(9);
    const assets = await Promise.all(list.items.map((item) => settled(server.api, item['id'])));
    const pictures = assets.filter((asset) => asset['id'] !== mine.body['id']);
    for (const asset of pictures) {
      expect(asset, asset['name']).to.include({ status: 'ready' });
      expect(asset['preview'], asset['name']).to.include({ state: 'ready' });
      expect(asset['tags']).to.include('demo');
      expect(asset['metadata']['source']).to.include({ value: 'Damson demo library', source: 'person' });
    }
    const photo = pictures.find((asset) => asset['metadata']['camera']);
    expect(photo?.['metadata']).to.include.keys('lens', 'aperture', 'taken', 'copyright', 'creator');

    expect(await fillDemo(server.container, { seed: 'test', count: 8 })).to.deep.include({ created: 0, present: 8 });

    const removed = await removeDemo(server.container);
    expect(removed.assets).to.equal(8);
    const left = (await (await server.api('/api/v1/assets?limit=50')).json()) as { items: Record<string, any>[] };
    expect(left.items.map((item) => item['name'])).to.deep.equal(['mine.txt']);
    const trash = (await (await server.api('/api/v1/assets?trashed=true&limit=50')).json()) as { items: unknown[] };
    expect(trash.items).to.have.length(8);
    expect(await removeDemo(server.container)).to.deep.equal({ assets: 0, folders: 0 });
  });
});
