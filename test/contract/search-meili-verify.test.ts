import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { verifyMeilisearch } from '../../src/platform/search/meilisearch/verify.ts';
import { onEngine } from '../support/engines.ts';
import { meiliKey } from '../support/meili.ts';

/** What is told at start of a Meilisearch that will not do, and that nothing is said of one that is away. */

describe('a Meilisearch at start', () => {
  let server: Server;
  let url: string;
  let answer: (res: ServerResponse) => void = () => undefined;
  const says = (status: number, body: string, type = 'application/json') => {
    answer = (res) => void res.writeHead(status, { 'content-type': type }).end(body);
    return verifyMeilisearch({ url, masterKey: 'a key' });
  };

  before(async () => {
    server = createServer((_req, res) => answer(res));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  it('is told to be too old, by number, and let pass from 1.15 on', async () => {
    expect(await says(200, '{"pkgVersion":"1.14.3"}')).to.match(/version 1\.14\.3, which is too old: 1\.15/u);
    for (const version of ['1.15.0', '1.50.0', '2.0.0']) expect(await says(200, `{"pkgVersion":"${version}"}`), version).to.deep.equal([]);
  });

  it('is told to refuse the key, without the key', async () => {
    const refused = await says(403, '{"message":"The provided API key is invalid.","code":"invalid_api_key","type":"auth"}');
    expect(refused.join()).to.contain('refuses the key').and.not.contain('a key:');
    expect((await says(401, '{"message":"missing","code":"missing_authorization_header"}')).join()).to.contain('asks for a key');
  });

  it('is told to be something else', async () => {
    for (const told of [await says(200, '<h1>Hello</h1>', 'text/html'), await says(404, '{}'), await says(200, '{}')])
      expect(told.join()).to.contain('does not answer like a Meilisearch');
  });

  it('is left alone while it is away', async () => {
    expect(await says(502, '<h1>Bad gateway</h1>', 'text/html')).to.deep.equal([]);
    expect(await says(503, '{"message":"busy","code":"too_many_search_requests"}')).to.deep.equal([]);
    answer = (res) => void res.destroy();
    expect(await verifyMeilisearch({ url, masterKey: null })).to.deep.equal([]);
    expect(await verifyMeilisearch({ url: 'http://127.0.0.1:1', masterKey: null })).to.deep.equal([]);
  });

  onEngine('Meilisearch', ['MEILI_URL'], (real) => {
    it('that is right has nothing wrong', async () => {
      expect(await verifyMeilisearch({ url: real, masterKey: meiliKey() })).to.deep.equal([]);
    });

    it('that is right refuses another key', async () => {
      if (meiliKey() === null) return;
      expect((await verifyMeilisearch({ url: real, masterKey: 'another' })).join()).to.contain('refuses the key');
    });
  });
});
