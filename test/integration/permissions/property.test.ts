import { expect } from 'chai';
import fc from 'fast-check';
import type { Actor, Ctx } from '../../../src/context.ts';
import { type Verb, VERBS } from '../../../src/modules/core/permissions/index.ts';
import { eventually, startServer, type TestServer, upload } from '../../support/harness.ts';
import { type Person, person } from '../../support/people.ts';
import { type NaiveActor, type NaiveGrant, NaiveLibrary } from './naive.ts';

/** Folders by name: `a/b` lies in `a`. The first is the root. */
const PATHS = ['', 'a', 'a/b', 'a/b/c', 'd', 'd/e', 'f'];
const PARENTS = PATHS.map((path, at) => (at === 0 ? null : Math.max(0, PATHS.indexOf(path.slice(0, Math.max(0, path.lastIndexOf('/')))))));
const PAST = '2001-01-01T00:00:00.000Z';
const FUTURE = '2999-01-01T00:00:00.000Z';

interface Somebody {
  readonly naive: NaiveActor;
  readonly actor: Actor;
  readonly get: (path: string) => Promise<Record<string, any>>;
}

const folder = fc.nat({ max: PATHS.length - 1 });
const operation = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      op: fc.constant('grant' as const),
      folder,
      principal: fc.nat(),
      effect: fc.constantFrom<'allow' | 'deny'>('allow', 'allow', 'deny'),
      verbs: fc.subarray([...VERBS], { minLength: 1 }),
      until: fc.constantFrom(null, null, FUTURE, PAST),
    }),
  },
  { weight: 3, arbitrary: fc.record({ op: fc.constant('move' as const), folder, to: folder }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('break' as const), folder, keep: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('restore' as const), folder }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('remove' as const), folder, nth: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ op: fc.constant('member' as const), joins: fc.boolean(), group: fc.nat(), user: fc.nat() }) },
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

describe('permissions, against a naive reading of the rules', function () {
  this.timeout(240_000);
  let server: TestServer;
  let admin: Ctx;
  const ids: string[] = [];
  const assets: { id: string; folder: number; tag: string }[] = [];
  const people: Somebody[] = [];
  const groups: string[] = [];
  let keyId: string;

  before(async () => {
    server = await startServer();
    const { identity, folders } = server.container;
    const [boss] = (await identity.members.list(server.ctx)).items;
    admin = { ...server.ctx, actor: { kind: 'user', id: boss?.userId ?? '', userId: boss?.userId ?? '', role: 'admin', scopes: null } };
    for (const path of PATHS)
      ids.push(path === '' ? (await folders.service.resolve(admin, '/', 'list')).id : (await folders.service.create(admin, path)).id);
    for (const [at, path] of PATHS.entries()) {
      for (const tag of ['odd', 'even']) {
        const { body } = await upload(server.api, `${tag}${at}.txt`, Buffer.from(`${tag} ${at}`), {
          folder: `/${path}`,
          tags: tag,
          title: 'quince',
        });
        assets.push({ id: body['id'], folder: at, tag });
      }
    }
    await eventually(async () => (await json(server.api, '/assets?q=quince'))['total'].value === assets.length, { what: 'the index' });
    await identity.roles.create(admin, { key: 'own', name: 'Own', verbs: ['list', 'edit'], visible: [], editable: [] });
    for (const role of ['viewer', 'editor', 'vendor', 'own']) people.push(somebody(await person(server, role), role));
    const editor = people[1]?.naive.userId ?? '';
    const asEditor = { ...server.ctx, actor: { ...admin.actor, id: editor, userId: editor, role: 'editor' } };
    const { key, apiKey } = await identity.apiKeys.create(asEditor, { name: 'few', scopes: ['assets:read', 'assets:publish'] });
    keyId = apiKey.id;
    const scopes = apiKey.scopes;
    people.push({
      naive: { userId: editor, role: 'editor', key: { id: keyId, scopes } },
      actor: { kind: 'api_key', id: keyId, userId: editor, role: 'editor', scopes },
      get: (path) => json((address) => fetch(server.url + address, { headers: { Authorization: `Bearer ${key}` } }), path),
    });
    for (const name of ['one', 'two']) groups.push((await identity.groups.create(admin, name)).id);
  });
  after(() => server.close());

  async function json(api: (path: string) => Promise<Response>, path: string): Promise<Record<string, any>> {
    const response = await api(`/api/v1${path}`);
    expect(response.status, path).to.equal(200);
    return (await response.json()) as Record<string, any>;
  }

  function somebody(who: Person, role: string): Somebody {
    const roleVerbs = role === 'own' ? 0b100001 : undefined;
    return {
      naive: { userId: who.userId, role, roleVerbs },
      actor: { kind: 'user', id: who.userId, userId: who.userId, role, roleVerbs, scopes: null },
      get: async (path) => (await who.call('GET', path)).body,
    };
  }

  /** Everything as it was before: no grants, no acls of folders, nobody in a group, every folder in its place. */
  async function reset(): Promise<NaiveLibrary> {
    const { sql } = server.container.database;
    const root = `(select id from acl where kind = 'workspace')`;
    await server.container.permissions.change(admin, async (inside) => {
      await sql.query(inside, 'delete from access_grant');
      await sql.query(inside, 'delete from group_member');
      for (const [at, path] of PATHS.entries()) {
        const parent = PARENTS[at];
        await sql.query(inside, `update folder set acl_id = ${root}, path = $2, parent_id = $3 where id = $1`, [
          ids[at],
          `/${path}`,
          parent === null || parent === undefined ? null : ids[parent],
        ]);
      }
      await sql.query(inside, `delete from acl where kind = 'folder'`);
    });
    const library = new NaiveLibrary(PARENTS);
    for (const id of groups) library.groups.set(id, new Set());
    return library;
  }

  async function apply(library: NaiveLibrary, step: Operation): Promise<void> {
    const { identity, folders } = server.container;
    const { access, service } = folders;
    const principals = [
      ...people.slice(0, 4).map(({ naive }) => ({ kind: 'user' as const, id: naive.userId })),
      ...groups.map((id) => ({ kind: 'group' as const, id })),
      { kind: 'api_key' as const, id: keyId },
    ];
    if (step.op === 'member') {
      const group = groups[step.group % groups.length] ?? '';
      const user = people[step.user % 4]?.naive.userId ?? '';
      if (step.joins) await identity.groups.addMember(admin, group, user);
      else if (library.groups.get(group)?.has(user)) await identity.groups.removeMember(admin, group, user);
      library.groups.get(group)?.[step.joins ? 'add' : 'delete'](user);
      return;
    }
    const id = ids[step.folder] ?? '';
    const naive = library.folders[step.folder];
    if (!naive) throw new Error('no such folder');
    if (step.op === 'grant') {
      const principal = principals[step.principal % principals.length] ?? { kind: 'user' as const, id: '' };
      const { effect, verbs, until } = step;
      await access.grant(admin, id, { principal, effect, verbs, until });
      naive.grants.push({ principal: `${principal.kind}:${principal.id}`, effect, verbs, active: until !== PAST });
    } else if (step.op === 'move') {
      if (naive.parent === null || library.isBelow(step.to, step.folder)) return;
      const [row] = await service.byIds(admin, [id]);
      await service.change(admin, id, row?.rowVersion ?? 0, { parent: ids[step.to] });
      naive.parent = step.to;
    } else if (step.op === 'remove') {
      const own = (await access.list(admin, id)).items.filter((item) => !item.inherited);
      expect(own.length).to.equal(naive.grants.length);
      const gone = own[step.nth % own.length];
      if (!gone) return;
      await access.remove(admin, id, gone.id);
      const same = (grant: NaiveGrant) =>
        grant.principal === `${gone.principal.kind}:${gone.principal.id}` &&
        grant.effect === gone.effect &&
        grant.active === gone.active &&
        VERBS.every((verb) => grant.verbs.includes(verb) === gone.verbs.includes(verb));
      naive.grants.splice(naive.grants.findIndex(same), 1);
    } else if (naive.parent !== null) {
      await access.setInheritance(admin, id, { inherits: step.op === 'restore', keepGrants: step.op === 'break' && step.keep });
      if (step.op === 'restore') naive.broken = false;
      else library.breakInheritance(step.folder, step.keep);
    }
  }

  async function compareEngine(library: NaiveLibrary, who: Somebody): Promise<void> {
    const { permissions, folders } = server.container;
    const ctx = { ...server.ctx, actor: who.actor };
    const rows = new Map((await folders.service.byIds(ctx, ids)).map((row) => [row.id, row.aclId]));
    const expected = (verb: Verb) => ids.filter((_, at) => library.may(who.naive, at, verb));
    for (const verb of VERBS) {
      const visible = await folders.service.visibleFolders(ctx, verb);
      expect([...(visible ?? ids)].sort(), `${who.naive.role} ${verb}`).to.deep.equal(expected(verb).sort());
    }
    for (const [at, id] of ids.entries()) {
      const aclId = rows.get(id) ?? '';
      const verbs = VERBS.filter((verb) => library.may(who.naive, at, verb));
      expect(await permissions.verbsOn(ctx, aclId), `${who.naive.role} in ${PATHS[at]}`).to.deep.equal(verbs);
      const verb = VERBS[at % VERBS.length] ?? 'list';
      expect((await permissions.explain(ctx, who.actor, verb, aclId)).allowed, `explained: ${verb}`).to.equal(verbs.includes(verb));
    }
  }

  async function compareAnswers(library: NaiveLibrary, who: Somebody): Promise<void> {
    const seen = assets.filter((asset) => library.may(who.naive, asset.folder, 'list'));
    const idsOf = (items: { id: string }[]) => items.map(({ id }) => id).sort();
    const expected = seen.map(({ id }) => id).sort();
    const listed = await who.get('/folders?limit=1000');
    expect(idsOf(listed['items']), 'folders').to.deep.equal(ids.filter((_, at) => library.may(who.naive, at, 'list')).sort());
    const browsed = await who.get('/assets?limit=100');
    expect(idsOf(browsed['items']), 'the plain list').to.deep.equal(expected);
    expect(browsed['total'].value).to.equal(expected.length);
    const found = await who.get('/assets?q=quince&limit=100&facets=tags,kind');
    expect(idsOf(found['items']), 'the search').to.deep.equal(expected);
    expect(found['total'].value).to.equal(expected.length);
    const counts = Object.fromEntries(
      (found['facets'].tags as { value: string; count: number }[]).map(({ value, count }) => [value, count]),
    );
    for (const tag of ['odd', 'even']) expect(counts[tag] ?? 0, `facet ${tag}`).to.equal(seen.filter((asset) => asset.tag === tag).length);
  }

  it('the engine, lists, searches, facets and explain say the same after any changes (property)', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 12, maxLength: 24, size: 'max' }), fc.nat(), async (steps, chosen) => {
        const library = await reset();
        for (const step of steps) await apply(library, step);
        for (const who of people) await compareEngine(library, who);
        for (const offset of [0, 2]) {
          const who = people[(chosen + offset) % people.length];
          if (who) await compareAnswers(library, who);
        }
      }),
      { numRuns: 10 },
    );
  });
});
