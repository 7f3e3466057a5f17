import { expect } from 'chai';
import { startServer, type TestServer, upload } from '../../support/harness.ts';
import { caller, type Person, person } from '../../support/people.ts';

describe('explain access', () => {
  let server: TestServer;
  let admin: Person['call'];
  let editor: Person;
  let folder: string;
  let below: string;
  let asset: string;
  let keyId: string;

  before(async () => {
    server = await startServer({ work: false });
    admin = caller(server, await server.signIn());
    editor = await person(server, 'editor');
    folder = (await admin('POST', '/folders', { path: '/explained' })).body['id'];
    below = (await admin('POST', '/folders', { path: '/explained/below' })).body['id'];
    asset = (await upload(editor.api, 'a.txt', Buffer.from('a'), { folder: '/explained/below' })).body['id'];
    keyId = (await editor.call('GET', '/api-keys')).body['items'][0].id;
  });
  after(() => server.close());

  const ask = (call: Person['call'], thing: string, query: Record<string, string>) =>
    call('GET', `/${thing}/access/explain?${new URLSearchParams(query)}`);
  const about = (verb: string) => ({ verb, user: editor.userId });

  it('follows a decision from the role over a group’s grant and denial to broken inheritance', async () => {
    const role = await ask(admin, `assets/${asset}`, about('edit'));
    expect(role.status, JSON.stringify(role.body)).to.equal(200);
    expect(role.body).to.deep.include({ allowed: true, because: 'role', verb: 'edit' });
    expect(role.body['principal']).to.deep.include({ kind: 'user', id: editor.userId });
    expect(role.body['steps']).to.deep.equal([{ step: 'role', role: 'editor', gives: true, counts: true }]);
    expect((await ask(admin, `folders/${below}`, about('delete'))).body).to.deep.include({ allowed: false, because: 'not_granted' });

    const group = (await admin('POST', '/groups', { name: 'Explained' })).body['id'];
    await admin('PUT', `/groups/${group}/members/${editor.userId}`);
    const principal = { kind: 'group', id: group };
    await admin('POST', `/folders/${folder}/grants`, { principal, verbs: ['delete'] });
    const granted = (await ask(admin, `assets/${asset}`, about('delete'))).body;
    expect(granted).to.deep.include({ allowed: true, because: 'grant' });
    expect(granted['steps'][1]).to.deep.include({ step: 'grant', decides: true });
    expect(granted['steps'][1].grant).to.deep.include({
      ...{ principal: { kind: 'group', id: group, name: 'Explained' }, effect: 'allow', active: true },
      place: { folderId: folder, path: '/explained' },
    });

    await admin('POST', `/folders/${below}/grants`, { principal, verbs: ['delete'], effect: 'deny' });
    const denied = (await ask(admin, `assets/${asset}`, about('delete'))).body;
    expect(denied).to.deep.include({ allowed: false, because: 'denied' });
    expect(denied['steps'].map((step: { decides?: boolean }) => step.decides)).to.deep.equal([undefined, true, false]);
    expect((await editor.call('DELETE', `/assets/${asset}`)).status, 'and so it is').to.equal(404);

    await admin('PUT', `/folders/${below}/inheritance`, { inherits: false });
    const broken = (await ask(admin, `assets/${asset}`, about('read'))).body;
    expect(broken).to.deep.include({ allowed: false, because: 'inheritance_broken' });
    expect(broken['steps'].at(-1)).to.deep.equal({ step: 'inheritance_broken', place: { folderId: below, path: '/explained/below' } });
    await admin('PUT', `/folders/${below}/inheritance`, { inherits: true });
  });

  it('knows what a key’s scopes let through', async () => {
    const told = (await ask(admin, `folders/${below}`, { verb: 'manage', key: keyId })).body;
    expect(told).to.deep.include({ allowed: false, because: 'not_granted' });
    await admin('POST', `/folders/${below}/grants`, { principal: { kind: 'user', id: editor.userId }, verbs: ['manage'] });
    const scoped = (await ask(admin, `folders/${below}`, { verb: 'manage', key: keyId })).body;
    expect(scoped).to.deep.include({ allowed: false, because: 'scope' });
    expect(scoped['principal']).to.deep.equal({ kind: 'api_key', id: keyId, name: 'test editor' });
    expect(scoped['steps'].at(-1)).to.deep.equal({
      ...{ step: 'scopes', gives: false },
      scopes: ['assets:read', 'assets:write', 'assets:publish', 'folders:write'],
    });
  });

  it('tells everybody about themselves where they may read, by session and by key, and about others only who manages there', async () => {
    const viewer = await person(server, 'viewer');
    const own = await ask(viewer.call, `assets/${asset}`, { verb: 'edit' });
    expect(own.body).to.deep.include({ allowed: false, because: 'not_granted' });
    expect((await ask(viewer.call, `assets/${asset}`, { verb: 'edit', user: viewer.userId })).status).to.equal(200);
    const byKey = await viewer.api(`/api/v1/assets/${asset}/access/explain?verb=edit`);
    expect(byKey.status).to.equal(200);
    expect(((await byKey.json()) as { principal: { kind: string } }).principal.kind).to.equal('api_key');

    for (const thing of [`assets/${asset}`, `folders/${below}`]) {
      const missing = thing.replace(/[0-9a-f-]{36}/, '01900000-0000-7000-8000-000000000000');
      const strip = (answer: { status: number; body: Record<string, unknown> }) => [
        answer.status,
        answer.body['code'],
        answer.body['detail'],
      ];
      const refused = await ask(viewer.call, thing, about('edit'));
      expect(refused.status).to.equal(404);
      expect(strip(refused)).to.deep.equal(strip(await ask(viewer.call, missing, about('edit'))));
    }
    await admin('POST', `/folders/${folder}/grants`, { principal: { kind: 'user', id: viewer.userId }, verbs: ['read'], effect: 'deny' });
    expect((await ask(viewer.call, `assets/${asset}`, { verb: 'edit' })).status, 'about oneself, unread').to.equal(404);
  });

  it('names no place that the asker may not list', async () => {
    const manager = await person(server, 'viewer');
    const principal = { kind: 'user', id: manager.userId };
    await admin('POST', `/folders/${below}/grants`, { principal, verbs: ['manage', 'list', 'read'] });
    await admin('POST', `/folders/${folder}/grants`, { principal: { kind: 'user', id: editor.userId }, verbs: ['original'] });
    await admin('PUT', `/folders/${folder}/inheritance`, { inherits: false });
    const told = await ask(manager.call, `folders/${below}`, about('original'));
    expect(told.status, JSON.stringify(told.body)).to.equal(200);
    expect(JSON.stringify(told.body)).to.not.include('"/explained"');
    expect(told.body['steps'].find((step: { step: string }) => step.step === 'inheritance_broken')).to.deep.equal({
      ...{ step: 'inheritance_broken', place: null },
    });
    await admin('PUT', `/folders/${folder}/inheritance`, { inherits: true });
  });

  it('says of deleting one’s own that it follows from that', async () => {
    const designer = await person(server, 'designer');
    const mine = (await upload(designer.api, 'mine.txt', Buffer.from('mine'), { folder: '/elsewhere' })).body['id'];
    expect((await ask(designer.call, `assets/${mine}`, { verb: 'delete' })).body).to.deep.include({
      ...{ allowed: true, because: 'role', verb: 'delete_own' },
    });
    expect((await ask(admin, `assets/${asset}`, { verb: 'delete', user: designer.userId })).body).to.deep.include({
      ...{ allowed: false, verb: 'delete' },
    });
  });

  it('refuses questions about nobody and about two', async () => {
    expect((await ask(admin, `assets/${asset}`, { verb: 'edit', user: 'nobody' })).status).to.equal(404);
    expect((await ask(admin, `assets/${asset}`, { verb: 'edit', key: asset })).status).to.equal(404);
    expect((await ask(admin, `assets/${asset}`, { verb: 'edit', user: editor.userId, key: keyId })).status).to.equal(400);
    expect((await ask(admin, `assets/${asset}`, { verb: 'everything' })).status).to.equal(400);
    expect((await admin('GET', `/assets/${asset}/access/explain`)).status).to.equal(400);
  });
});
