import { expect } from 'chai';
import { declaredRoutes } from '../../../src/routes.ts';
import { settled, startServer, type TestServer, upload } from '../../support/harness.ts';

/** A forgotten check fails here: every route there is, as nobody and as somebody without any right on the object. */
describe('every route', () => {
  let server: TestServer;
  let secret: string;
  const marker = 'top-secret-marker';

  before(async () => {
    server = await startServer();
    const { body } = await upload(server.api, `${marker}.txt`, Buffer.from(marker), { tags: marker, title: marker, folder: `/${marker}` });
    secret = body.id;
    await settled(server.api, secret);
  });
  after(() => server.close());

  const pathOf = (path: string) => `/api/v1${path.replace(/:\w+/g, secret)}`;

  it('is declared: what runs is what OpenAPI says', () => {
    const names = (routes: { method: string; path: string; id: string }[]) =>
      routes.map((route) => `${route.method} ${route.path} ${route.id}`).sort();
    expect(names(server.container.routes)).to.deep.equal(names(declaredRoutes()));
    expect(names(declaredRoutes()).length).to.be.greaterThan(35);
  });

  it('answers nobody with 401 and tells nothing, unless it is open by declaration', async () => {
    let asked = 0;
    for (const route of declaredRoutes()) {
      if (route.access.kind === 'anyone') continue;
      for (const headers of [
        {},
        { Cookie: 'damson=rubbish' },
        { Authorization: 'Bearer dmsn_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' },
      ] as Record<string, string>[]) {
        const response = await server.raw(pathOf(route.path), { method: route.method.toUpperCase(), headers });
        const body = await response.text();
        expect(response.status, `${route.id} as nobody: ${body}`).to.equal(401);
        expect(body, route.id).to.not.include(marker);
        asked++;
      }
    }
    expect(asked).to.be.greaterThan(100);
  });

  it('hides everything from a member whose folder is denied', async () => {
    const { api, userId } = await server.as('editor');
    const folder = (await server.container.folders.service.resolve(server.ctx, `/${marker}`, 'read')).id;
    const [root] = await server.container.database.sql.query<{ id: string }>({}, `select id from acl where kind = 'workspace'`);
    const acl = await server.container.permissions.createAcl(server.ctx, { kind: 'folder', parentId: root?.id ?? '' });
    await server.container.database.sql.query({}, 'update folder set acl_id = $1 where id = $2', [acl, folder]);
    await server.container.permissions.grant(server.ctx, {
      aclId: acl,
      principal: { kind: 'user', id: userId },
      verbs: ['list', 'read'],
      effect: 'deny',
    });
    await server.container.permissions.grant(server.ctx, {
      aclId: acl,
      principal: { kind: 'user', id: userId },
      verbs: ['rendition', 'original', 'edit', 'delete', 'publish', 'create', 'replace'],
      effect: 'deny',
    });
    for (const route of declaredRoutes()) {
      if (route.access.kind === 'anyone' || route.id === 'live.stream' || route.path.endsWith('stream')) continue;
      const withBody = ['post', 'patch', 'put'].includes(route.method);
      const response = await api(pathOf(route.path), {
        method: route.method.toUpperCase(),
        headers: { 'If-Match': '"1"', ...(withBody && route.bodyType === undefined ? { 'Content-Type': 'application/json' } : {}) },
        body: withBody && route.bodyType === undefined ? '{}' : undefined,
      });
      const body = await response.text();
      expect(response.status, `${route.id}: ${body}`).to.be.lessThan(500);
      expect(body, route.id).to.not.include(marker);
      if (route.path.includes(':id') && route.path.startsWith('/assets'))
        expect(response.status, `${route.id}: ${body}`).to.be.oneOf([404, 400]);
    }
    for (const query of ['q=secret', `tags=${marker}`, 'facets=tags,folder,kind', `folder=/${marker}`, 'sort=name']) {
      const body = await (await api(`/api/v1/assets?${query}`)).text();
      expect(body, query).to.not.include(marker).and.not.include(folder);
    }
    expect((await server.raw(`/cdn/${marker}/${marker}.txt`)).status).to.equal(404);
    expect((await server.raw(`/cdn/@${secret}/x`)).status).to.equal(404);
  });
});
