import { expect } from 'chai';
import { BUILT_IN_ROLES, type Ctx, type Role, systemContext } from '../../../src/context.ts';
import { type Core, cookieOf, startCore } from '../../support/core.ts';

const PASSWORD = 'correct horse battery';

describe('roles', () => {
  let core: Core;
  let ctx: Ctx;
  let admin: string;
  let people = 0;

  before(async () => {
    core = await startCore();
    const first = await core.identity.firstStart.ensure(systemContext(''), { adminEmail: 'admin@example.com', adminPassword: PASSWORD });
    ctx = systemContext(first.workspaceId);
    admin = await cookie('admin@example.com');
  });
  after(() => core.close());

  async function cookie(email: string): Promise<string> {
    return cookieOf((await core.call('POST', '/api/auth/sign-in/email', { body: { email, password: PASSWORD } })).headers);
  }

  async function member(role: Role, auth = admin): Promise<{ userId: string; auth: string }> {
    const body = { email: `p${++people}@example.com`, name: `P${people}`, role, password: PASSWORD };
    const answer = await core.call('POST', '/api/v1/members', { auth, body });
    expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
    return { userId: answer.body['member'].userId, auth: await cookie(body.email) };
  }

  const make = (body: Record<string, unknown>, auth = admin) => core.call('POST', '/api/v1/roles', { auth, body });
  const me = async (auth: string) => (await core.call('GET', '/api/v1/me', { auth })).body;
  const setRole = (userId: string, role: string, auth = admin) => core.call('PATCH', `/api/v1/members/${userId}`, { auth, body: { role } });

  it('are listed with what they allow, the built-in ones first', async () => {
    const { items } = (await core.call('GET', '/api/v1/roles', { auth: admin })).body as { items: Record<string, unknown>[] };
    expect(items.filter((role) => role['builtIn']).map((role) => role['key'])).to.deep.equal([...BUILT_IN_ROLES]);
    expect(items.find((role) => role['key'] === 'legal')).to.deep.include({
      name: 'Legal',
      verbs: ['list', 'read', 'rendition', 'original', 'comment', 'publish'],
      scopes: ['assets:read', 'assets:write', 'assets:publish'],
      fields: { visible: ['public', 'internal', 'personal'], editable: [] },
    });
  });

  it('can be given, each built-in one, and show in what one may do', async () => {
    for (const role of BUILT_IN_ROLES) {
      const person = await member(role);
      const { items } = (await core.call('GET', '/api/v1/roles', { auth: admin })).body as { items: Record<string, any>[] };
      const listed = items.find((item) => item['key'] === role);
      expect(await me(person.auth)).to.deep.include({ role, verbs: listed?.['verbs'], fields: listed?.['fields'] });
    }
  });

  it('of the workspace’s own are made, given, changed at once also for keys, and deleted when nobody has them', async () => {
    const made = await make({ key: 'press', name: 'Press', verbs: ['list', 'read', 'rendition', 'publish'] });
    expect(made.status).to.equal(201);
    expect(made.body).to.deep.include({ key: 'press', builtIn: false, scopes: ['assets:read', 'assets:publish'], members: 0 });
    const person = await member('press');
    expect((await me(person.auth))['verbs']).to.deep.equal(['list', 'read', 'rendition', 'publish']);
    const wide = await core.call('POST', '/api/v1/api-keys', { auth: person.auth, body: { name: 'k', scopes: ['assets:write'] } });
    expect(wide.body['code']).to.equal('scope_too_wide');
    const scopes = ['assets:read', 'assets:publish'];
    const key = (await core.call('POST', '/api/v1/api-keys', { auth: person.auth, body: { name: 'k', scopes } })).body['key'];
    expect((await me(key))['verbs']).to.deep.equal(['list', 'read', 'rendition', 'publish']);

    const changed = await core.call('PATCH', '/api/v1/roles/press', {
      auth: admin,
      body: { verbs: ['list', 'read'], visible: ['public'] },
    });
    expect(changed.body).to.deep.include({ name: 'Press', verbs: ['list', 'read'], scopes: ['assets:read'], members: 1 });
    expect(await me(person.auth)).to.deep.include({ verbs: ['list', 'read'], fields: { visible: ['public'], editable: [] } });
    expect((await me(key))['verbs']).to.deep.equal(['list', 'read']);
    const principal = await core.identity.principals.actorNow(ctx.workspaceId, { kind: 'user', id: person.userId });
    expect(await core.permissions.workspaceVerbs({ ...ctx, actor: principal ?? ctx.actor })).to.deep.equal(['list', 'read']);

    const inUse = await core.call('DELETE', '/api/v1/roles/press', { auth: admin });
    expect([inUse.status, inUse.body['code'], inUse.body['members']]).to.deep.equal([409, 'role_in_use', 1]);
    expect((await setRole(person.userId, 'viewer')).status).to.equal(200);
    expect((await core.call('DELETE', '/api/v1/roles/press', { auth: admin })).status).to.equal(204);
    expect((await setRole(person.userId, 'press')).body['code']).to.equal('unknown_role');
    const rows = await core.database.sql.query<{ action: string }>(
      {},
      `select action from audit_entry where subject_id = 'press' order by at, id`,
    );
    expect(rows.map((row) => row.action)).to.deep.equal(['role.created', 'role.changed', 'role.removed']);
  });

  it('refuse keys in use, built-in ones, and what is no role', async () => {
    expect((await make({ key: 'admin', name: 'x', verbs: [] })).body['code']).to.equal('role_exists');
    expect((await make({ key: 'twice', name: 'x', verbs: [] })).status).to.equal(201);
    expect((await make({ key: 'twice', name: 'x', verbs: [] })).body['code']).to.equal('role_exists');
    expect((await core.call('PATCH', '/api/v1/roles/viewer', { auth: admin, body: { verbs: ['manage'] } })).body['code']).to.equal(
      'role_built_in',
    );
    expect((await core.call('DELETE', '/api/v1/roles/viewer', { auth: admin })).body['code']).to.equal('role_built_in');
    expect((await core.call('DELETE', '/api/v1/roles/none', { auth: admin })).status).to.equal(404);
    for (const body of [
      { key: 'A b', name: 'x', verbs: [] },
      { key: 'blind', name: 'x', verbs: [], visible: ['public'], editable: ['money'] },
      { key: 'verb', name: 'x', verbs: ['everything'] },
      { key: 'more', name: 'x', verbs: [], workspaceId: ctx.workspaceId },
    ]) {
      expect((await make(body)).status, JSON.stringify(body)).to.equal(400);
    }
  });

  it('cannot be used by a manager of people to get or give more than they have', async () => {
    await make({ key: 'people', name: 'People', verbs: ['list', 'read', 'rendition', 'manage'] });
    const manager = await member('people');
    const boss = (await core.call('GET', '/api/v1/members', { auth: manager.auth })).body['items'].find(
      (item: { role: string }) => item.role === 'admin',
    );
    for (const role of ['admin', 'editor', 'designer']) {
      expect((await setRole(manager.userId, role, manager.auth)).body['code'], role).to.equal('role_too_wide');
      const body = { email: `${role}@new.example`, name: 'n', role };
      expect((await core.call('POST', '/api/v1/members', { auth: manager.auth, body })).body['code'], role).to.equal('role_too_wide');
    }
    expect((await setRole(boss.userId, 'viewer', manager.auth)).body['code'], 'demoting').to.equal('role_too_wide');
    expect((await core.call('DELETE', `/api/v1/members/${boss.userId}`, { auth: manager.auth })).body['code']).to.equal('role_too_wide');
    const verbs = ['list', 'delete'];
    expect((await make({ key: 'mine', name: 'Mine', verbs }, manager.auth)).body['code']).to.equal('role_too_wide');
    const raised = await core.call('PATCH', '/api/v1/roles/people', { auth: manager.auth, body: { verbs: [...verbs, 'manage'] } });
    expect(raised.body['code']).to.equal('role_too_wide');
    expect((await me(manager.auth))['verbs']).to.deep.equal(['list', 'read', 'rendition', 'manage']);
    expect((await member('viewer', manager.auth)).userId, 'what they have they may give').to.be.a('string');
    // Every verb there is makes nobody an administrator.
    await make({ key: 'nearly', name: 'Nearly', verbs: (await me(admin))['verbs'] });
    const nearly = await member('nearly');
    expect((await setRole(nearly.userId, 'admin', nearly.auth)).body['code']).to.equal('role_too_wide');
    expect((await setRole(boss.userId, 'viewer', nearly.auth)).body['code']).to.equal('role_too_wide');
  });

  it('are nothing to editors and keys', async () => {
    const editor = await member('editor');
    await make({ key: 'shut', name: 'Shut', verbs: [] });
    for (const [method, path, body] of [
      ['GET', '/api/v1/roles', undefined],
      ['POST', '/api/v1/roles', { key: 'mine', name: 'Mine', verbs: [] }],
      ['PATCH', '/api/v1/roles/shut', { name: 'Mine' }],
      ['DELETE', '/api/v1/roles/shut', undefined],
    ] as const) {
      expect((await core.call(method, path, { body })).status, `${method} ${path}`).to.equal(401);
      expect((await core.call(method, path, { auth: editor.auth, body })).status, `${method} ${path}`).to.equal(404);
    }
    const key = await core.call('POST', '/api/v1/api-keys', {
      auth: admin,
      body: { name: 'k', scopes: ['members:manage', 'workspace:manage'] },
    });
    expect((await make({ key: 'bykey', name: 'x', verbs: [] }, key.body['key'])).status).to.equal(403);
  });

  it('in use cannot be deleted, also when it is given at the same moment', async () => {
    const person = await member('viewer');
    for (let round = 0; round < 5; round++) {
      await make({ key: 'race', name: 'Race', verbs: ['list'] });
      const [given, removed] = await Promise.all([
        setRole(person.userId, 'race'),
        core.call('DELETE', '/api/v1/roles/race', { auth: admin }),
      ]);
      const won = [given.status, removed.status];
      expect(won, JSON.stringify([given.body, removed.body])).to.be.deep.oneOf([
        [200, 409],
        [422, 204],
      ]);
      if (given.status === 200) {
        expect((await setRole(person.userId, 'viewer')).status).to.equal(200);
        expect((await core.call('DELETE', '/api/v1/roles/race', { auth: admin })).status).to.equal(204);
      }
    }
  });
});
