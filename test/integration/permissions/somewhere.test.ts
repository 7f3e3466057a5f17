import { expect } from 'chai';
import { startServer, type TestServer } from '../../support/harness.ts';
import { caller, person } from '../../support/people.ts';

describe('what somebody may do somewhere', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer();
  });
  after(() => server.close());

  it('is nothing for a guest, what is granted in one folder after that, and nothing again', async () => {
    const admin = caller(server, await server.signIn());
    const guest = await person(server, 'vendor');
    const may = async () => {
      const { verbs, somewhere } = (await guest.call('GET', '/me')).body;
      return { verbs, somewhere };
    };
    expect(await may()).to.deep.equal({ verbs: [], somewhere: [] });
    const folder = (await admin('POST', '/folders', { path: '/deep/down' })).body['id'];
    const given = await admin('POST', `/folders/${folder}/grants`, {
      principal: { kind: 'user', id: guest.userId },
      verbs: ['list', 'create'],
    });
    expect(await may()).to.deep.equal({ verbs: [], somewhere: ['list', 'create'] });
    await admin('DELETE', `/folders/${folder}/grants/${given.body['items'][0].id}`);
    expect(await may()).to.deep.equal({ verbs: [], somewhere: [] });
  });
});
