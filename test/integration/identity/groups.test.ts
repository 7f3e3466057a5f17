import { expect } from 'chai';
import { type Actor, type Ctx, type Role, systemContext } from '../../../src/context.ts';
import { createPermissions, type Permissions } from '../../../src/modules/core/permissions/index.ts';
import { type Core, cookieOf, startCore } from '../../support/core.ts';
import { failure } from '../../support/failure.ts';
import { until } from '../../support/until.ts';

const PASSWORD = 'correct horse battery';

describe('groups', () => {
  let core: Core;
  let ctx: Ctx;
  let root: string;
  let admin: string;
  let other: Permissions;
  let people = 0;

  before(async () => {
    core = await startCore();
    const first = await core.identity.firstStart.ensure(systemContext(''), { adminEmail: 'admin@example.com', adminPassword: PASSWORD });
    ctx = systemContext(first.workspaceId);
    root = await core.permissions.ensureWorkspaceAcl(ctx);
    admin = await cookie('admin@example.com');
    const { dataSource, transactions, notifications } = core.database;
    other = createPermissions({ dataSource, transactions, notifications, audit: core.audit });
    await other.start();
  });
  after(() => core.close());

  async function cookie(email: string): Promise<string> {
    return cookieOf((await core.call('POST', '/api/auth/sign-in/email', { body: { email, password: PASSWORD } })).headers);
  }

  async function member(role: Role): Promise<{ userId: string; auth: string; ctx: Ctx }> {
    const body = { email: `p${++people}@example.com`, name: `P${people}`, role, password: PASSWORD };
    const answer = await core.call('POST', '/api/v1/members', { auth: admin, body });
    expect(answer.status).to.equal(201);
    const userId: string = answer.body['member'].userId;
    const actor: Actor = { kind: 'user', id: userId, userId, role, scopes: null };
    return { userId, auth: await cookie(body.email), ctx: { ...ctx, actor } };
  }

  async function group(name: string, ...userIds: string[]): Promise<string> {
    const made = await core.call('POST', '/api/v1/groups', { auth: admin, body: { name } });
    expect(made.status).to.equal(201);
    for (const userId of userIds) {
      const added = await core.call('PUT', `/api/v1/groups/${made.body['id']}/members/${userId}`, { auth: admin });
      expect(added.status).to.equal(204);
    }
    return made.body['id'];
  }

  const mayEdit = async (permissions: Permissions, asking: Ctx) => (await permissions.verbsOn(asking, root)).includes('edit');
  const grantsOf = async (id: string) =>
    (await core.database.sql.query({}, `select 1 from access_grant where principal_kind = 'group' and principal_id = $1`, [id])).length;
  const audited = async (id: string) =>
    (
      await core.database.sql.query<{ action: string }>({}, 'select action from audit_entry where subject_id = $1 order by at, id', [id])
    ).map((row) => row.action);

  it('are made, filled, listed, renamed and deleted, each with an entry in the audit log', async () => {
    const viewer = await member('viewer');
    const id = await group('Press', viewer.userId);
    const { items } = (await core.call('GET', '/api/v1/groups', { auth: admin })).body as { items: Record<string, unknown>[] };
    expect(items.find((item) => item['id'] === id)).to.deep.include({ name: 'Press', members: 1 });
    expect((await core.call('GET', `/api/v1/groups/${id}/members`, { auth: admin })).body['items']).to.deep.equal([
      { userId: viewer.userId, name: `P${people}`, email: `p${people}@example.com` },
    ]);
    expect((await core.call('PUT', `/api/v1/groups/${id}/members/${viewer.userId}`, { auth: admin })).status, 'twice').to.equal(204);
    const renamed = await core.call('PATCH', `/api/v1/groups/${id}`, { auth: admin, body: { name: 'press' } });
    expect(renamed.body).to.deep.include({ name: 'press', members: 1 });
    expect((await core.call('POST', '/api/v1/groups', { auth: admin, body: { name: 'PRESS' } })).body['code']).to.equal('group_exists');
    const second = await group('Sales');
    const taken = await core.call('PATCH', `/api/v1/groups/${second}`, { auth: admin, body: { name: 'Press' } });
    expect(taken.body['code']).to.equal('group_exists');
    expect((await core.call('DELETE', `/api/v1/groups/${id}/members/${viewer.userId}`, { auth: admin })).status).to.equal(204);
    expect((await core.call('DELETE', `/api/v1/groups/${id}/members/${viewer.userId}`, { auth: admin })).status).to.equal(404);
    expect((await core.call('DELETE', `/api/v1/groups/${id}`, { auth: admin })).status).to.equal(204);
    expect((await core.call('GET', `/api/v1/groups/${id}/members`, { auth: admin })).status).to.equal(404);
    expect(await audited(id)).to.deep.equal([
      ...['group.created', 'group.member_added', 'group.renamed', 'group.member_removed', 'group.removed'],
    ]);
  });

  it('shows nothing of it to nobody, editors and keys, and changes nothing for them', async () => {
    const editor = await member('editor');
    const id = await group('Closed', editor.userId);
    const made = await core.identity.apiKeys.create(
      { ...ctx, actor: (await member('admin')).ctx.actor },
      { name: 'k', scopes: ['workspace:manage', 'members:manage'] },
    );
    for (const [method, path, body] of [
      ['GET', '/api/v1/groups', undefined],
      ['GET', `/api/v1/groups/${id}/members`, undefined],
      ['POST', '/api/v1/groups', { name: 'mine' }],
      ['PATCH', `/api/v1/groups/${id}`, { name: 'mine' }],
      ['PUT', `/api/v1/groups/${id}/members/${editor.userId}`, undefined],
      ['DELETE', `/api/v1/groups/${id}/members/${editor.userId}`, undefined],
      ['DELETE', `/api/v1/groups/${id}`, undefined],
    ] as const) {
      expect((await core.call(method, path, { body })).status, `${method} ${path}`).to.equal(401);
      expect((await core.call(method, path, { auth: editor.auth, body })).status, `${method} ${path}`).to.equal(404);
      const status = (await core.call(method, path, { auth: made.key, body })).status;
      expect(status, `${method} ${path} with a key`).to.equal(method === 'GET' ? 200 : 403);
    }
    expect((await core.call('GET', `/api/v1/groups/${id}/members`, { auth: admin })).body['items']).to.have.length(1);
  });

  it('give their members what is granted to them, until they leave, in every process', async () => {
    const viewer = await member('viewer');
    const id = await group('Editors', viewer.userId);
    expect(await mayEdit(core.permissions, viewer.ctx)).to.equal(false);
    await core.permissions.grant(ctx, { aclId: root, principal: { kind: 'group', id }, verbs: ['edit'], effect: 'allow' });
    expect(await mayEdit(core.permissions, viewer.ctx)).to.equal(true);
    await until('the other process hears of the grant', () => mayEdit(other, viewer.ctx));
    await core.call('DELETE', `/api/v1/groups/${id}/members/${viewer.userId}`, { auth: admin });
    await until('this process forgets', async () => !(await mayEdit(core.permissions, viewer.ctx)));
    await until('the other process forgets', async () => !(await mayEdit(other, viewer.ctx)));
    await core.call('PUT', `/api/v1/groups/${id}/members/${viewer.userId}`, { auth: admin });
    await until('both know', async () => (await mayEdit(other, viewer.ctx)) && (await mayEdit(core.permissions, viewer.ctx)));
    expect((await core.call('DELETE', `/api/v1/groups/${id}`, { auth: admin })).status).to.equal(204);
    await until('both forget', async () => !(await mayEdit(other, viewer.ctx)) && !(await mayEdit(core.permissions, viewer.ctx)));
    expect(await grantsOf(id)).to.equal(0);
  });

  it('keep from their members what is denied to them, keys of theirs included', async () => {
    const editor = await member('editor');
    const id = await group('Not yet', editor.userId);
    await core.permissions.grant(ctx, { aclId: root, principal: { kind: 'group', id }, verbs: ['edit'], effect: 'deny' });
    expect(await mayEdit(core.permissions, editor.ctx)).to.equal(false);
    const key: Actor = { ...editor.ctx.actor, kind: 'api_key', id: 'some-key', scopes: ['assets:write'] };
    expect(await mayEdit(core.permissions, { ...ctx, actor: key })).to.equal(false);
  });

  it('let go of somebody who leaves the workspace, who gets nothing back on return', async () => {
    const viewer = await member('viewer');
    const id = await group('Leavers', viewer.userId);
    const grant = { aclId: root, verbs: ['edit' as const], effect: 'allow' as const };
    await core.permissions.grant(ctx, { ...grant, principal: { kind: 'user', id: viewer.userId } });
    await core.permissions.grant(ctx, { ...grant, principal: { kind: 'group', id } });
    expect((await core.call('DELETE', `/api/v1/members/${viewer.userId}`, { auth: admin })).status).to.equal(204);
    expect((await core.call('GET', `/api/v1/groups/${id}/members`, { auth: admin })).body['items']).to.deep.equal([]);
    const back = { email: `p${people}@example.com`, name: 'Back', role: 'viewer', password: PASSWORD };
    expect((await core.call('POST', '/api/v1/members', { auth: admin, body: back })).body['member'].userId).to.equal(viewer.userId);
    await until('nothing is left', async () => !(await mayEdit(core.permissions, viewer.ctx)));
  });

  it('cannot be used to get more than one has: joining what gives it, leaving or deleting what keeps it', async () => {
    const manager = await member('viewer');
    await core.permissions.grant(ctx, {
      ...{ aclId: root, principal: { kind: 'user', id: manager.userId }, effect: 'allow', verbs: ['manage'] },
    });
    const strong = await group('Strong');
    await core.permissions.grant(ctx, { aclId: root, principal: { kind: 'group', id: strong }, verbs: ['delete'], effect: 'allow' });
    const barred = await group('Barred', manager.userId);
    await core.permissions.grant(ctx, { aclId: root, principal: { kind: 'group', id: barred }, verbs: ['read'], effect: 'deny' });
    const { auth, userId } = manager;
    expect((await core.call('PUT', `/api/v1/groups/${strong}/members/${userId}`, { auth })).status).to.equal(404);
    expect((await core.call('DELETE', `/api/v1/groups/${barred}/members/${userId}`, { auth })).status).to.equal(404);
    expect((await core.call('DELETE', `/api/v1/groups/${barred}`, { auth })).status).to.equal(404);
    const deny = await failure(
      core.permissions.revoke(manager.ctx, (await core.permissions.grants.chain(ctx, root))[0]?.grants.at(-1)?.id ?? ''),
    );
    expect(deny).to.have.property('code', 'not_found');
    const harmless = await core.call('POST', '/api/v1/groups', { auth, body: { name: 'Harmless' } });
    expect((await core.call('PUT', `/api/v1/groups/${harmless.body['id']}/members/${userId}`, { auth })).status).to.equal(204);
    expect(await core.permissions.verbsOn(manager.ctx, root)).to.deep.equal(['list', 'rendition', 'manage']);
  });

  it('take members of this workspace only, and are found in it only', async () => {
    const id = await group('Here');
    for (const userId of ['nobody', id]) {
      expect((await core.call('PUT', `/api/v1/groups/${id}/members/${userId}`, { auth: admin })).status).to.equal(404);
    }
    const elsewhere = systemContext('00000000-0000-7000-8000-000000000000');
    expect(await failure(core.identity.groups.members(elsewhere, id))).to.have.property('code', 'not_found');
    expect((await core.call('POST', '/api/v1/groups', { auth: admin, body: { name: ' ' } })).status).to.equal(400);
    expect((await core.call('POST', '/api/v1/groups', { auth: admin, body: { name: 'x', workspaceId: id } })).status).to.equal(400);
  });
});
