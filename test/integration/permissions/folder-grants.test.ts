import { expect } from 'chai';
import type { Verb } from '../../../src/modules/core/permissions/index.ts';
import { settled, startServer, type TestServer, upload } from '../../support/harness.ts';
import { caller, type Person, person } from '../../support/people.ts';

describe('grants on folders', () => {
  let server: TestServer;
  let admin: Person['call'];
  let names = 0;

  before(async () => {
    server = await startServer();
    admin = caller(server, await server.signIn());
  });
  after(() => server.close());

  /** A fresh top folder with what is asked for below it; ids by path below it. */
  async function tree(...paths: string[]): Promise<{ top: string; ids: Record<string, string> }> {
    const top = `/t${++names}`;
    const ids: Record<string, string> = {};
    for (const path of ['', ...paths]) {
      const made = await admin('POST', '/folders', { path: top + path });
      expect(made.status).to.equal(201);
      ids[path] = made.body['id'];
    }
    return { top, ids };
  }

  const aclOf = async (id: string) =>
    (
      await server.container.database.sql.query<{ acl: string; parent: string | null }>(
        {},
        'select f.acl_id as acl, a.parent_id as parent from folder f join acl a on a.id = f.acl_id where f.id = $1',
        [id],
      )
    )[0];
  const grant = (id: string, principal: { kind: string; id: string }, more: Record<string, unknown>) =>
    admin('POST', `/folders/${id}/grants`, { principal, ...more });
  const toUser = (userId: string) => ({ kind: 'user', id: userId });
  const seen = async (who: Person, top: string) =>
    ((await who.call('GET', '/folders')).body['items'] as { path: string }[])
      .map(({ path }) => path)
      .filter((path) => path.startsWith(top));
  const put = async (api: TestServer['api'], folder: string, name = 'a.txt') => upload(api, name, Buffer.from(name + folder), { folder });
  const audited = async (action: string) =>
    (await server.container.database.sql.query({}, 'select 1 from audit_entry where action = $1', [action])).length;

  it('the first one makes the folder a permission root, for everything below, and touches no asset and no search document', async () => {
    const viewer = await person(server, 'viewer');
    const { top, ids } = await tree('/a', '/a/b', '/c');
    const asset = (await put(server.api, `${top}/a/b`)).body['id'];
    await settled(server.api, asset);
    const rows = () =>
      server.container.database.sql.query(
        {},
        `select a.id, a.row_version, a.updated_at, a.xmin::text, (select count(*)::int from outbox) as outbox from asset a order by a.id`,
      );
    const before = await rows();
    expect((await viewer.call('PATCH', `/assets/${asset}`, { title: 'x' }, { 'If-Match': '"1"' })).status).to.equal(404);
    const made = await grant(ids['/a'] ?? '', toUser(viewer.userId), { verbs: ['edit', 'create'] });
    expect(made.status).to.equal(201);
    expect(made.body).to.deep.include({ inherits: true });
    expect(made.body['items'][0]).to.deep.include({
      ...{ effect: 'allow', verbs: ['create', 'edit'], until: null, active: true, inherited: false },
      place: { folderId: ids['/a'], path: `${top}/a` },
    });
    expect(made.body['items'][0].principal).to.deep.include({ kind: 'user', id: viewer.userId });
    expect(await rows()).to.deep.equal(before);
    const [a, b, c, root] = await Promise.all([ids['/a'], ids['/a/b'], ids['/c'], ids['']].map((id) => aclOf(id ?? '')));
    expect(a?.acl).to.equal(b?.acl).and.not.equal(root?.acl);
    expect(a?.parent).to.equal(root?.acl);
    expect(c?.acl).to.equal(root?.acl);
    const detail = (await viewer.call('GET', `/assets/${asset}`)).body;
    expect(detail['verbs']).to.include('edit');
    const edited = await viewer.call('PATCH', `/assets/${asset}`, { title: 'x' }, { 'If-Match': `"${detail['rowVersion']}"` });
    expect(edited.status, 'with the grant').to.equal(200);
    expect(await audited('grant.created')).to.be.greaterThan(0);
  });

  it('keeps what lies further down with an acl of its own, hung under the new one', async () => {
    const { ids } = await tree('/a', '/a/b', '/a/b/c');
    const viewer = await person(server, 'viewer');
    await grant(ids['/a/b'] ?? '', toUser(viewer.userId), { verbs: ['edit'] });
    const deep = await aclOf(ids['/a/b'] ?? '');
    await grant(ids['/a'] ?? '', toUser(viewer.userId), { verbs: ['original'] });
    const above = await aclOf(ids['/a'] ?? '');
    expect(await aclOf(ids['/a/b'] ?? '')).to.deep.equal({ acl: deep?.acl, parent: above?.acl });
    expect((await aclOf(ids['/a/b/c'] ?? ''))?.acl).to.equal(deep?.acl);
    const listed = await admin('GET', `/folders/${ids['/a/b/c']}/grants`);
    expect(listed.body['items'].map((item: { verbs: string[]; inherited: boolean }) => [item.verbs, item.inherited])).to.deep.equal([
      [['edit'], true],
      [['original'], true],
    ]);
  });

  it('follows its folder when it moves, also from below, and what was in the trash', async () => {
    const viewer = await person(server, 'viewer');
    const { top, ids } = await tree('/from', '/from/x', '/from/x/y', '/to', '/from/x/gone');
    const trashed = (await put(server.api, `${top}/from/x/gone`, 'gone.txt')).body['id'];
    expect((await admin('DELETE', `/assets/${trashed}`)).status).to.equal(204);
    expect((await admin('DELETE', `/folders/${ids['/from/x/gone']}`)).status).to.equal(204);
    await grant(ids['/from'] ?? '', toUser(viewer.userId), { verbs: ['edit'] });
    await grant(ids['/from/x/y'] ?? '', toUser(viewer.userId), { verbs: ['original'] });
    await grant(ids['/to'] ?? '', toUser(viewer.userId), { verbs: ['list'], effect: 'deny' });
    const y = await aclOf(ids['/from/x/y'] ?? '');
    const moved = await admin('PATCH', `/folders/${ids['/from/x']}`, { parent: `${top}/to` }, { 'If-Match': '"1"' });
    expect(moved.status, JSON.stringify(moved.body)).to.equal(200);
    const to = await aclOf(ids['/to'] ?? '');
    expect((await aclOf(ids['/from/x'] ?? ''))?.acl).to.equal(to?.acl);
    expect((await aclOf(ids['/from/x/gone'] ?? ''))?.acl, 'a folder that is gone').to.equal(to?.acl);
    expect(await aclOf(ids['/from/x/y'] ?? '')).to.deep.equal({ acl: y?.acl, parent: to?.acl });
    expect(await seen(viewer, top)).to.deep.equal([top, `${top}/from`]);
    const ctx = { ...server.ctx, actor: { kind: 'user' as const, id: viewer.userId, userId: viewer.userId, role: 'viewer', scopes: null } };
    expect(await server.container.permissions.verbsOn(ctx, y?.acl ?? '')).to.deep.equal(['read', 'rendition', 'original']);
  });

  it('lets nobody move along what they may not edit', async () => {
    const editor = await person(server, 'editor');
    const { top, ids } = await tree('/x', '/x/closed', '/to');
    await grant(ids['/x/closed'] ?? '', toUser(editor.userId), { verbs: ['edit'], effect: 'deny' });
    await grant(ids['/to'] ?? '', toUser(editor.userId), { verbs: ['manage'] });
    const moved = await editor.call('PATCH', `/folders/${ids['/x']}`, { parent: `${top}/to` }, { 'If-Match': '"1"' });
    expect(moved.status).to.equal(404);
    expect((await admin('GET', '/folders')).body['items'].map((item: { path: string }) => item.path)).to.include(`${top}/x/closed`);
  });

  it('gives nobody rights by moving: neither out from under a denial, nor to where they hold more', async () => {
    const editor = await person(server, 'editor');
    const { top, ids } = await tree('/embargo', '/embargo/own', '/open', '/mine', '/brand');
    const asset = (await put(server.api, `${top}/embargo`)).body['id'];
    await settled(server.api, asset);
    await grant(ids['/embargo'] ?? '', toUser(editor.userId), { verbs: ['publish', 'original'], effect: 'deny' });
    await grant(ids['/embargo/own'] ?? '', toUser(editor.userId), { verbs: ['comment'] });
    await grant(ids['/mine'] ?? '', toUser(editor.userId), { verbs: ['manage', 'delete'] });
    const version = async (path: string) => (path.startsWith('/folders') ? '"1"' : `"${(await admin('GET', path)).body['rowVersion']}"`);
    const moves = async (who: Person['call'], path: string, patch: Record<string, string>) =>
      (await who('PATCH', path, patch, { 'If-Match': await version(path) })).body['code'] ?? 'moved';
    expect(await moves(editor.call, `/assets/${asset}`, { folder: `${top}/open` })).to.equal('rights_gained');
    expect(await moves(editor.call, `/folders/${ids['/embargo']}`, { parent: `${top}/mine` })).to.equal('rights_gained');
    expect(await moves(editor.call, `/folders/${ids['/embargo/own']}`, { parent: `${top}/open` })).to.equal('rights_gained');
    expect(await moves(editor.call, `/folders/${ids['/brand']}`, { parent: `${top}/mine` })).to.equal('rights_gained');
    expect(await seen(editor, top)).to.include.members([`${top}/embargo/own`, `${top}/brand`]);
    expect(await moves(editor.call, `/folders/${ids['/brand']}`, { parent: `${top}/open` }), 'equal rights').to.equal('moved');
    expect(await moves(admin, `/assets/${asset}`, { folder: `${top}/open` })).to.equal('moved');
  });

  it('needs manage there and every verb that is given, also when a denial is taken away; all else is not found', async () => {
    const owner = await person(server, 'viewer');
    const other = await person(server, 'editor');
    const { ids } = await tree('/a');
    const id = ids['/a'] ?? '';
    const path = `/folders/${id}/grants`;
    const body = { principal: toUser(owner.userId), verbs: ['list'] };
    for (const [who, status] of [
      [owner, 404],
      [other, 404],
    ] as const) {
      expect((await who.call('POST', path, body)).status).to.equal(status);
      expect((await who.call('GET', path)).status).to.equal(status);
      expect((await who.call('PUT', `/folders/${id}/inheritance`, { inherits: false })).status).to.equal(status);
    }
    const unknown = '01900000-0000-7000-8000-000000000000';
    const strip = (answer: { body: Record<string, unknown> }) => ({ ...answer.body, instance: null, requestId: null });
    expect(strip(await other.call('GET', path))).to.deep.equal(strip(await other.call('GET', `/folders/${unknown}/grants`)));

    await grant(id, toUser(owner.userId), { verbs: ['manage'] });
    const denial = await grant(id, toUser(owner.userId), { verbs: ['rendition'], effect: 'deny' });
    expect((await owner.call('POST', path, body)).status, 'what one has').to.equal(201);
    expect((await owner.call('POST', path, { ...body, verbs: ['edit'] })).status, 'what one has not').to.equal(404);
    expect((await owner.call('POST', path, { principal: toUser(other.userId), preset: 'editor' })).status).to.equal(404);
    const deny = denial.body['items'].find((item: { effect: string }) => item.effect === 'deny').id;
    expect((await owner.call('DELETE', `${path}/${deny}`)).status).to.equal(404);
    expect((await owner.call('PATCH', `${path}/${deny}`, { effect: 'allow' })).status).to.equal(404);
    expect((await owner.call('PATCH', `${path}/${deny}`, { until: '2001-01-01T00:00:00Z' })).status).to.equal(404);
    expect((await admin('DELETE', `${path}/${deny}`)).status).to.equal(204);
    expect((await owner.call('POST', path, { ...body, verbs: ['rendition'] })).status).to.equal(201);
  });

  it('takes members, groups and keys of this workspace, and refuses what makes no sense', async () => {
    const { ids } = await tree('/a');
    const id = ids['/a'] ?? '';
    const viewer = await person(server, 'viewer');
    const group = (await admin('POST', '/groups', { name: `g${names}` })).body['id'];
    await admin('PUT', `/groups/${group}/members/${viewer.userId}`);
    const keyId = (await viewer.call('GET', '/api-keys')).body['items'][0].id;
    expect((await grant(id, { kind: 'group', id: group }, { preset: 'designer' })).status).to.equal(201);
    expect((await grant(id, { kind: 'api_key', id: keyId }, { verbs: ['read'], effect: 'deny' })).status).to.equal(201);
    const listed = (await admin('GET', `/folders/${id}/grants`)).body['items'];
    expect(listed.map((item: { principal: { kind: string; name: string } }) => [item.principal.kind, item.principal.name])).to.deep.equal([
      ['group', `g${names}`],
      ['api_key', 'test viewer'],
    ]);
    for (const [principal, more, status] of [
      [{ kind: 'user', id: 'nobody' }, { verbs: ['list'] }, 404],
      [{ kind: 'group', id: viewer.userId }, { verbs: ['list'] }, 404],
      [{ kind: 'share', id: 'x' }, { verbs: ['list'] }, 400],
      [toUser(viewer.userId), {}, 400],
      [toUser(viewer.userId), { verbs: ['list'], preset: 'viewer' }, 400],
      [toUser(viewer.userId), { verbs: ['everything'] }, 400],
      [toUser(viewer.userId), { verbs: ['list'], aclId: id }, 400],
      [[toUser(viewer.userId)], { verbs: ['list'] }, 400],
    ] as const) {
      expect((await admin('POST', `/folders/${id}/grants`, { principal, ...more })).status, JSON.stringify([principal, more])).to.equal(
        status,
      );
    }
    expect((await admin('GET', `/folders/${id}/grants`)).body['items']).to.have.length(2);
    const byKey = await server.api(`/api/v1/folders/${id}/grants`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ principal: toUser(viewer.userId), verbs: ['list'] }),
    });
    expect(byKey.status, 'a key').to.equal(403);
  });

  it('is changed and removed where it stands only, and ends at its time', async () => {
    const viewer = await person(server, 'viewer');
    const { ids } = await tree('/a', '/a/b');
    const [a, b] = [ids['/a'] ?? '', ids['/a/b'] ?? ''];
    const made = await grant(a, toUser(viewer.userId), { verbs: ['edit'], until: '2999-01-01T00:00:00+02:00' });
    const id = made.body['items'][0].id;
    expect(made.body['items'][0].until).to.equal('2998-12-31T22:00:00.000Z');
    await grant(b, toUser(viewer.userId), { verbs: ['comment'] });
    expect((await admin('PATCH', `/folders/${b}/grants/${id}`, { verbs: ['list'] })).status).to.equal(404);
    expect((await admin('DELETE', `/folders/${b}/grants/${id}`)).status).to.equal(404);
    const changed = await admin('PATCH', `/folders/${a}/grants/${id}`, { until: null, verbs: ['edit', 'create'] });
    expect(changed.body['items'][0]).to.deep.include({ until: null, verbs: ['create', 'edit'] });
    expect((await viewer.call('POST', '/folders', { path: `${changed.body['items'][0].place.path}/new` })).status).to.equal(201);
    await admin('PATCH', `/folders/${a}/grants/${id}`, { until: '2001-01-01T00:00:00Z' });
    expect((await viewer.call('POST', '/folders', { path: `${changed.body['items'][0].place.path}/newer` })).status).to.equal(404);
    expect((await admin('GET', `/folders/${a}/grants`)).body['items'][0].active).to.equal(false);
    expect((await admin('GET', `/folders/${b}/grants`)).body['items'].map((item: { id: string }) => item.id)).to.not.include(id);
    expect((await admin('DELETE', `/folders/${a}/grants/${id}`)).status).to.equal(204);
    expect(await audited('grant.changed')).to.equal(2);
  });

  it('ends inheritance so that nobody gains and its owner stays, and lets it hold again', async () => {
    const owner = await person(server, 'editor');
    const other = await person(server, 'viewer');
    const { top, ids } = await tree('/a', '/a/b');
    const [a, b] = [ids['/a'] ?? '', ids['/a/b'] ?? ''];
    await grant(a, toUser(owner.userId), { verbs: ['manage'] });
    await grant(a, toUser(other.userId), { verbs: ['original'] });
    await grant(a, toUser(other.userId), { verbs: ['comment'], effect: 'deny' });
    const broken = await owner.call('PUT', `/folders/${b}/inheritance`, { inherits: false });
    expect(broken.status, JSON.stringify(broken.body)).to.equal(200);
    expect(broken.body['inherits']).to.equal(false);
    expect(broken.body['items'].map((item: { effect: string; verbs: Verb[] }) => [item.effect, item.verbs.length])).to.deep.equal([
      ['deny', 1],
      ['allow', 11],
    ]);
    expect(await seen(other, top)).to.deep.equal([top, `${top}/a`]);
    expect(await seen(owner, top)).to.deep.equal([top, `${top}/a`, `${top}/a/b`]);
    expect((await owner.call('PUT', `/folders/${b}/inheritance`, { inherits: false })).body['items'], 'twice').to.have.length(2);
    // Others would get by it what the owner does not hold: executives delete their own.
    await person(server, 'executive');
    expect((await owner.call('PUT', `/folders/${b}/inheritance`, { inherits: true })).status).to.equal(404);
    const restored = await admin('PUT', `/folders/${b}/inheritance`, { inherits: true });
    expect(restored.body['inherits']).to.equal(true);
    expect(await seen(other, top)).to.deep.equal([top, `${top}/a`, `${top}/a/b`]);
    const kept = await admin('PUT', `/folders/${b}/inheritance`, { inherits: false, keepGrants: true });
    expect(kept.body['items'].filter((item: { verbs: Verb[] }) => item.verbs.includes('original'))).to.have.length(2);
    const root = (await admin('GET', '/folders')).body['items'][0];
    expect(root.path).to.equal('/');
    expect((await admin('PUT', `/folders/${root.id}/inheritance`, { inherits: false })).status).to.equal(409);
    expect(await audited('acl.inheritance_broken')).to.equal(2);
    expect(await audited('acl.inheritance_restored')).to.equal(1);
  });

  it('tells who has given their own rights away what they did', async () => {
    const owner = await person(server, 'viewer');
    const { ids } = await tree('/a');
    const id = ids['/a'] ?? '';
    const made = await grant(id, toUser(owner.userId), { verbs: ['manage'] });
    const left = await owner.call('PATCH', `/folders/${id}/grants/${made.body['items'][0].id}`, { verbs: ['list'] });
    expect([left.status, left.body['items'][0].verbs]).to.deep.equal([200, ['list']]);
    expect((await owner.call('GET', `/folders/${id}/grants`)).status).to.equal(404);
  });

  it('made by many at once makes one acl', async () => {
    const viewers = await Promise.all([1, 2, 3, 4].map(() => person(server, 'viewer')));
    const { ids } = await tree('/a', '/a/b');
    const answers = await Promise.all(viewers.map((viewer) => grant(ids['/a'] ?? '', toUser(viewer.userId), { verbs: ['edit'] })));
    expect(answers.map((answer) => answer.status)).to.deep.equal([201, 201, 201, 201]);
    expect((await admin('GET', `/folders/${ids['/a/b']}/grants`)).body['items']).to.have.length(4);
  });

  it('gives a guest the folder that is shared with them, and nothing else', async () => {
    const guest = await person(server, 'vendor');
    const { top, ids } = await tree('/in', '/out');
    const theirs = (await put(server.api, `${top}/in`, 'ours.txt')).body['id'];
    const hidden = (await put(server.api, `${top}/out`, 'hidden.txt')).body['id'];
    expect((await guest.call('GET', '/assets')).body['items']).to.deep.equal([]);
    await grant(ids['/in'] ?? '', toUser(guest.userId), { preset: 'vendor' });
    expect((await guest.call('GET', '/assets')).body['items'].map((item: { id: string }) => item.id)).to.deep.equal([theirs]);
    expect((await guest.call('GET', `/assets/${hidden}`)).status).to.equal(404);
    expect(await seen(guest, top)).to.deep.equal([`${top}/in`]);
    const cookie = await server.signIn((await guest.call('GET', '/me')).body['user'].email, 'a-long-enough-password');
    const own = await upload(
      (path, init) =>
        server.raw(path, { ...init, headers: { ...(init?.headers as Record<string, string>), Cookie: cookie, Origin: server.url } }),
      'mine.txt',
      Buffer.from('mine'),
      { folder: `${top}/in` },
    );
    expect(own.status, JSON.stringify(own.body)).to.equal(201);
    expect(own.body['verbs'] ?? (await guest.call('GET', `/assets/${own.body['id']}`)).body['verbs']).to.include('delete');
    expect((await guest.call('DELETE', `/assets/${theirs}`)).status, 'another’s').to.equal(404);
    expect((await guest.call('DELETE', `/assets/${own.body['id']}`)).status, 'their own').to.equal(204);
    expect((await guest.call('POST', `/assets/${own.body['id']}/restore`)).status).to.equal(200);
  });

  it('lets nobody give what they do not hold everywhere below, or for as long', async () => {
    const lead = await person(server, 'viewer');
    const friend = await person(server, 'viewer');
    const { ids } = await tree('/a', '/a/legal', '/a/sub');
    const [a, legal, sub] = [ids['/a'] ?? '', ids['/a/legal'] ?? '', ids['/a/sub'] ?? ''];
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    const own = await grant(a, toUser(lead.userId), { verbs: ['manage', 'original', 'edit'], until: soon });
    const share = async (verbs: Verb[], until: string | null) =>
      (await lead.call('POST', `/folders/${a}/grants`, { principal: toUser(friend.userId), verbs, until })).status;
    expect(await share(['edit'], null), 'longer than their own').to.equal(404);
    expect(
      (
        await lead.call(
          'PATCH',
          `/folders/${a}/grants/${own.body['items'].find((item: { principal: { id: string } }) => item.principal.id === lead.userId).id}`,
          { until: null },
        )
      ).status,
      'their own, for ever',
    ).to.equal(404);
    expect(await share(['edit'], soon)).to.equal(201);
    await grant(legal, toUser(lead.userId), { verbs: ['original'], effect: 'deny' });
    expect(await share(['original'], soon), 'also where they are denied it').to.equal(404);
    const broken = await lead.call('PUT', `/folders/${sub}/inheritance`, { inherits: false });
    expect(broken.status).to.equal(200);
    const mine = (broken.body['items'] as { verbs: Verb[]; effect: string; until: string | null }[]).filter(({ verbs }) =>
      verbs.includes('manage'),
    );
    expect(mine.map(({ until }) => until)).to.deep.equal([soon]);
  });

  it('shows nobody what was in a closed folder by taking it out of the trash', async () => {
    const second = await person(server, 'admin');
    const helper = await person(server, 'editor');
    const { top, ids } = await tree('/hr');
    const asset = (await put(server.api, `${top}/hr`, 'pay.txt')).body['id'];
    await settled(server.api, asset);
    await grant(ids['/hr'] ?? '', toUser(helper.userId), { verbs: ['delete'] });
    await admin('PUT', `/folders/${ids['/hr']}/inheritance`, { inherits: false });
    await grant(ids['/hr'] ?? '', toUser(helper.userId), { verbs: ['list', 'read', 'delete', 'edit'] });
    expect((await admin('DELETE', `/assets/${asset}`)).status).to.equal(204);
    expect((await admin('DELETE', `/folders/${ids['/hr']}`)).status).to.equal(204);
    expect((await helper.call('POST', `/assets/${asset}/restore`)).status).to.equal(409);
    expect((await second.call('POST', `/assets/${asset}/restore`)).status, 'who manages the place').to.equal(200);
  });
});
