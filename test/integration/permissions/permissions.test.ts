import { expect } from 'chai';
import fc from 'fast-check';
import { type Actor, ANONYMOUS, type Ctx, type Role, systemContext } from '../../../src/context.ts';
import { createAuditLog } from '../../../src/modules/core/audit-log/index.ts';
import { createPermissions, type Permissions, type Verb, VERBS } from '../../../src/modules/core/permissions/index.ts';
import { newId } from '../../../src/platform/database/uuid.ts';
import { openTestDatabase } from '../../support/database.ts';
import { until } from '../../support/until.ts';

type Db = Awaited<ReturnType<typeof openTestDatabase>>;

const person = (id: string, role: Role | null, over: Partial<Actor> = {}): Actor => ({
  kind: 'user',
  id,
  userId: id,
  role,
  scopes: null,
  ...over,
});

async function notFoundOf(work: Promise<unknown>): Promise<void> {
  const error: unknown = await work.then(
    () => null,
    (e: unknown) => e,
  );
  expect(error).to.have.property('code', 'not_found');
}

describe('permissions', () => {
  let db: Db;
  let permissions: Permissions;
  let other: Permissions;

  before(async () => {
    db = await openTestDatabase();
    const { dataSource, transactions, notifications } = db.database;
    const make = () => createPermissions({ dataSource, transactions, notifications, audit: createAuditLog({ dataSource }) });
    permissions = make();
    other = make();
    await permissions.start();
    await other.start();
  });
  after(() => db.drop());

  async function workspace(): Promise<{ ctx: Ctx; root: string }> {
    const id = newId();
    await db.database.sql.query({}, `insert into workspace (id, slug, name, settings, created_at) values ($1, $2, 'W', '{}', now())`, [
      id,
      id,
    ]);
    const ctx = systemContext(id);
    return { ctx, root: await permissions.ensureWorkspaceAcl(ctx) };
  }

  it('makes one root acl, also when two ask at once', async () => {
    const { ctx, root } = await workspace();
    const again = await Promise.all([permissions.ensureWorkspaceAcl(ctx), permissions.ensureWorkspaceAcl(ctx)]);
    expect(again).to.deep.equal([root, root]);
    const fresh = systemContext((await workspace()).ctx.workspaceId);
    await db.database.sql.query({}, 'delete from acl where workspace_id = $1', [fresh.workspaceId]);
    const [a, b] = await Promise.all([permissions.ensureWorkspaceAcl(fresh), permissions.ensureWorkspaceAcl(fresh)]);
    expect(a).to.equal(b);
  });

  it('lets roles through everywhere without grants, and nobody nowhere', async () => {
    const { ctx, root } = await workspace();
    const folder = await permissions.createAcl(ctx, { kind: 'folder', parentId: root });
    const viewer = { ...ctx, actor: person('v', 'viewer') };
    expect(await permissions.visible(viewer, 'list')).to.deep.equal({ all: true });
    expect(await permissions.visible(viewer, 'edit')).to.deep.equal({ all: false, aclIds: [] });
    await permissions.authorizeAcls(viewer, 'read', [root, folder]);
    await notFoundOf(permissions.authorizeAcls(viewer, 'edit', [folder]));
    expect(await permissions.visible({ ...ctx, actor: ANONYMOUS }, 'list')).to.deep.equal({ all: false, aclIds: [] });
    await notFoundOf(permissions.authorizeAcls({ ...ctx, actor: ANONYMOUS }, 'list', [root]));
    await permissions.authorizeAcls(ctx, 'manage', [root]);
  });

  it('answers not_found for an acl of another workspace, an unknown one and an empty list', async () => {
    const here = await workspace();
    const there = await workspace();
    const admin = { ...here.ctx, actor: person('a', 'admin') };
    await notFoundOf(permissions.authorizeAcls(admin, 'list', [there.root]));
    await notFoundOf(permissions.authorizeAcls(here.ctx, 'list', [there.root]));
    await notFoundOf(permissions.authorizeAcls(admin, 'list', [here.root, newId()]));
    await notFoundOf(permissions.authorizeAcls(admin, 'list', []));
    expect(await permissions.verbsOn(admin, there.root)).to.deep.equal([]);
  });

  it('inherits a grant downwards and only there; a denial above wins', async () => {
    const { ctx, root } = await workspace();
    const a = await permissions.createAcl(ctx, { kind: 'folder', parentId: root });
    const b = await permissions.createAcl(ctx, { kind: 'folder', parentId: a });
    const viewer = { ...ctx, actor: person('v', 'viewer') };
    const grant = await permissions.grant(ctx, {
      aclId: a,
      principal: { kind: 'user', id: 'v' },
      verbs: ['edit', 'original'],
      effect: 'allow',
    });
    expect(await permissions.visible(viewer, 'edit')).to.deep.include({ all: false });
    await permissions.authorizeAcls(viewer, 'edit', [a, b]);
    await notFoundOf(permissions.authorizeAcls(viewer, 'edit', [root]));
    await permissions.grant(ctx, { aclId: root, principal: { kind: 'user', id: 'v' }, verbs: ['edit', 'list'], effect: 'deny' });
    await notFoundOf(permissions.authorizeAcls(viewer, 'edit', [b]));
    await notFoundOf(permissions.authorizeAcls(viewer, 'list', [root]));
    await permissions.authorizeAcls(viewer, 'original', [b]);
    await permissions.revoke(ctx, grant);
    await notFoundOf(permissions.authorizeAcls(viewer, 'original', [b]));
  });

  it('needs manage to grant, and nobody gives what they do not have', async () => {
    const { ctx, root } = await workspace();
    const grant = { aclId: root, principal: { kind: 'user' as const, id: 'x' }, verbs: ['list' as const], effect: 'allow' as const };
    await notFoundOf(permissions.grant({ ...ctx, actor: person('e', 'editor') }, grant));
    await permissions.grant(ctx, { ...grant, principal: { kind: 'user', id: 'e' }, verbs: ['manage'] });
    await permissions.grant({ ...ctx, actor: person('e', 'editor') }, grant);
    await notFoundOf(permissions.grant({ ...ctx, actor: person('e', 'editor') }, { ...grant, verbs: ['delete'] }));
  });

  it('cuts a key to its scopes, to its owner and to denials of the key itself', async () => {
    const { ctx, root } = await workspace();
    const key = { ...ctx, actor: person('k', 'admin', { kind: 'api_key', userId: 'u', scopes: ['assets:read'] }) };
    expect(await permissions.verbsOn(key, root)).to.deep.equal(['list', 'read', 'rendition', 'original']);
    await permissions.grant(ctx, { aclId: root, principal: { kind: 'api_key', id: 'k' }, verbs: ['original'], effect: 'deny' });
    expect(await permissions.verbsOn(key, root)).to.deep.equal(['list', 'read', 'rendition']);
    expect(await permissions.verbsOn({ ...ctx, actor: person('u', 'admin') }, root)).to.deep.equal([...VERBS]);
  });

  it('ends a cached answer with the grant it used', async () => {
    const { ctx, root } = await workspace();
    let now = new Date('2026-01-01T00:00:00Z');
    const clocked = { ...ctx, clock: { now: () => now } };
    const viewer = { ...clocked, actor: person('v', 'viewer') };
    const until_ = new Date('2026-01-01T00:00:05Z');
    await permissions.grant(clocked, {
      aclId: root,
      principal: { kind: 'user', id: 'v' },
      verbs: ['edit'],
      effect: 'allow',
      until: until_,
    });
    expect(await permissions.visible(viewer, 'edit')).to.deep.equal({ all: true });
    now = new Date('2026-01-01T00:00:04.999Z');
    expect(await permissions.visible(viewer, 'edit')).to.deep.equal({ all: true });
    now = until_;
    expect(await permissions.visible(viewer, 'edit')).to.deep.equal({ all: false, aclIds: [] });
  });

  it('tells other processes of a change', async () => {
    const { ctx, root } = await workspace();
    const viewer = { ...ctx, actor: person('v', 'viewer') };
    expect(await other.visible(viewer, 'edit')).to.deep.equal({ all: false, aclIds: [] });
    await permissions.grant(ctx, { aclId: root, principal: { kind: 'user', id: 'v' }, verbs: ['edit'], effect: 'allow' });
    await until(
      'the other process drops its answer',
      async () => 'all' in (await other.visible(viewer, 'edit')) && (await other.visible(viewer, 'edit')).all,
    );
  });

  it('sees acls made in the same transaction and keeps nothing of one rolled back', async () => {
    const { ctx, root } = await workspace();
    const viewer = person('v', 'viewer');
    await permissions.grant(ctx, { aclId: root, principal: { kind: 'user', id: 'v' }, verbs: ['edit'], effect: 'allow' });
    await permissions.visible({ ...ctx, actor: viewer }, 'edit');
    let made = '';
    await db.database.transactions
      .run(ctx, async (inner) => {
        made = await permissions.createAcl(inner, { kind: 'folder', parentId: root });
        await permissions.authorizeAcls({ ...inner, actor: viewer }, 'edit', [made]);
        throw new Error('roll back');
      })
      .catch(() => undefined);
    await notFoundOf(permissions.authorizeAcls({ ...ctx, actor: viewer }, 'edit', [made]));
  });

  it('refuses a circle', async () => {
    const { ctx, root } = await workspace();
    const a = await permissions.createAcl(ctx, { kind: 'folder', parentId: root });
    const b = await permissions.createAcl(ctx, { kind: 'folder', parentId: a });
    await notFoundOf(permissions.moveAcl(ctx, a, b));
    await notFoundOf(permissions.moveAcl(ctx, a, a));
    await permissions.moveAcl(ctx, b, root);
  });

  it('agrees with a naive reading of the rules on random trees (property)', async function () {
    this.timeout(120_000);
    const verbs = fc.subarray([...VERBS], { minLength: 1 });
    const grantOf = fc.record({
      node: fc.nat(),
      key: fc.boolean(),
      effect: fc.constantFrom<'allow' | 'deny'>('allow', 'deny'),
      verbs,
      expired: fc.boolean(),
    });
    const model = fc.record({
      parents: fc.array(fc.option(fc.nat(), { freq: 8 }), { maxLength: 8 }),
      grants: fc.array(grantOf, { maxLength: 6 }),
      role: fc.constantFrom<Role>('viewer', 'editor', 'admin'),
      asKey: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(model, async ({ parents, grants, role, asKey }) => {
        const { ctx, root } = await workspace();
        const nodes: { id: string; parent: number | null }[] = [{ id: root, parent: null }];
        for (const parent of parents) {
          const at = parent === null ? null : parent % nodes.length;
          nodes.push({
            id: await permissions.createAcl(ctx, { kind: 'folder', parentId: at === null ? null : (nodes[at]?.id ?? null) }),
            parent: at,
          });
        }
        const placed = grants.map((grant) => ({ ...grant, node: grant.node % nodes.length }));
        for (const grant of placed) {
          await permissions.grant(ctx, {
            aclId: nodes[grant.node]?.id ?? '',
            principal: grant.key ? { kind: 'api_key', id: 'k' } : { kind: 'user', id: 'u' },
            verbs: grant.verbs,
            effect: grant.effect,
            until: grant.expired ? new Date(0) : null,
          });
        }
        const actor = asKey
          ? person('k', role, { kind: 'api_key', userId: 'u', scopes: ['assets:read', 'assets:publish'] })
          : person('u', role);
        const asActor = { ...ctx, actor };
        const scope: Verb[] = ['list', 'read', 'rendition', 'original', 'publish', 'share'];
        const presets: Record<string, readonly Verb[]> = {
          viewer: ['list', 'read', 'rendition'],
          editor: VERBS.filter((verb) => !['delete', 'delete_own', 'manage'].includes(verb)),
          admin: VERBS,
        };
        const oracle = (index: number, verb: Verb): boolean => {
          const chain: number[] = [];
          for (let at: number | null = index; at !== null; at = nodes[at]?.parent ?? null) chain.push(at);
          const active = placed.filter((g) => chain.includes(g.node) && !g.expired && g.verbs.includes(verb) && (asKey || !g.key));
          if (asKey && !scope.includes(verb)) return false;
          if (active.some((g) => g.effect === 'deny' && g.key)) return false;
          if (role === 'admin') return true;
          if (active.some((g) => g.effect === 'deny')) return false;
          return (chain.includes(0) && (presets[role]?.includes(verb) ?? false)) || active.some((g) => g.effect === 'allow');
        };
        for (const verb of VERBS) {
          const filter = await permissions.visible(asActor, verb);
          const seen = nodes.map((node) => filter.all || filter.aclIds.includes(node.id));
          expect(seen, verb).to.deep.equal(nodes.map((_, index) => oracle(index, verb)));
        }
        for (const [index, node] of nodes.entries()) {
          expect(await permissions.verbsOn(asActor, node.id)).to.deep.equal(VERBS.filter((verb) => oracle(index, verb)));
        }
      }),
      { numRuns: 40 },
    );
  });
});
