import { expect } from 'chai';
import { randomBytes, randomUUID } from 'node:crypto';
import type { Ctx } from '../../../src/context.ts';
import { isError } from '../../../src/errors.ts';
import { newId } from '../../../src/platform/database/uuid.ts';
import { startServer, type TestServer } from '../../support/harness.ts';
import { until } from '../../support/until.ts';

describe('folders', () => {
  let server: TestServer;
  before(async () => {
    server = await startServer({ work: false });
  });
  after(() => server.close());

  const sql = <R>(text: string, params: unknown[] = []) => server.container.database.sql.query<R>({}, text, params);
  const service = () => server.container.folders.service;
  const transaction = <T>(work: (ctx: Ctx) => Promise<T>) => server.container.database.transactions.run(server.ctx, work);
  const make = (path: string) => transaction((ctx) => service().ensure(ctx, path));
  const send = async (path: string, method: string, body?: unknown, headers: Record<string, string> = {}) => {
    const response = await server.api(`/api/v1${path}`, {
      method,
      headers: { 'Content-Type': 'application/json', ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    return { status: response.status, body: (response.status === 204 ? null : await response.json()) as any };
  };
  /** What an upload does in the end, without its bytes. */
  const file = (ctx: Ctx, folder: string) =>
    server.container.assets.create.commit(
      ctx,
      {
        ...{ blob: { id: newId(), sha256: randomBytes(32).toString('hex'), bytes: 1 }, filename: `${randomUUID()}.txt`, folder, tags: [] },
        ...{ publish: false, onConflict: 'rename', onDuplicate: 'keep' },
      },
      async () => undefined,
    );

  /** Begins `second` while the transaction of `first` is open, and ends that one when `second` waits for it or is through. */
  async function during<A, B>(first: (ctx: Ctx) => Promise<A>, second: () => Promise<B>): Promise<{ first: A; second: B | Error }> {
    let through = false;
    let running: Promise<B | Error> = Promise.reject(new Error('not begun'));
    running.catch(() => undefined);
    const done = await transaction(async (ctx) => {
      const result = await first(ctx);
      running = second()
        .catch((error: Error) => error)
        .finally(() => (through = true));
      await until('the second one waits or is through', async () => {
        const waiting = await sql(`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`);
        return through || waiting.length > 0;
      });
      return result;
    });
    return { first: done, second: await running };
  }

  /** Live folders whose path does not follow from their parent's, and live assets in folders that are gone. */
  const broken = () =>
    sql(`select c.path from folder c left join folder p on p.id = c.parent_id and p.deleted_at is null
           where c.deleted_at is null and c.parent_id is not null
             and c.path is distinct from case when p.path = '/' then '/' || c.name else p.path || '/' || c.name end
         union all
         select a.name from asset a join folder f on f.id = a.folder_id where a.deleted_at is null and f.deleted_at is not null`);

  describe('changed by two at once', () => {
    afterEach(async () => expect(await broken()).to.deep.equal([]));

    it('a file put into a folder that is being deleted gets a folder of that path', async () => {
      const { id } = await make('/deleted');
      const { second } = await during(
        (ctx) => service().remove(ctx, id),
        () => file(server.ctx, '/deleted'),
      );
      expect(second).to.include({ created: true });
    });

    it('a folder into which a file is being put is not deleted', async () => {
      const { id } = await make('/filled');
      const { second } = await during(
        (ctx) => file(ctx, '/filled'),
        () => service().remove(server.ctx, id),
      );
      expect(isError(second, 'folder_not_empty'), String(second)).to.equal(true);
    });

    it('an asset that comes back from the trash keeps its folder', async () => {
      const { id } = await make('/back');
      const { assetId } = await file(server.ctx, '/back');
      await server.container.assets.edit.trash(server.ctx, assetId);
      await during(
        (ctx) => service().remove(ctx, id),
        () => server.container.assets.edit.restore(server.ctx, assetId),
      );
    });

    it('a folder made below one that is being moved is made where it was meant to be', async () => {
      const { id, rowVersion } = await make('/from');
      const { second } = await during(
        (ctx) => service().change(ctx, id, rowVersion, { name: 'to' }),
        () => make('/from/inner'),
      );
      expect(second).to.include({ path: '/from/inner' });
    });

    it('a folder being made deep below one that moves goes along', async () => {
      const { id, rowVersion } = await make('/tree');
      await make('/tree/branch');
      const { second } = await during(
        (ctx) => service().ensure(ctx, '/tree/branch/twig/leaf'),
        () => service().change(server.ctx, id, rowVersion, { name: 'moved' }),
      );
      expect(second).to.include({ path: '/moved' });
      const paths = await sql<{ path: string }>(`select path from folder where path like '/moved%' order by path`);
      expect(paths.map(({ path }) => path)).to.deep.equal(['/moved', '/moved/branch', '/moved/branch/twig', '/moved/branch/twig/leaf']);
    });

    it('a folder is not moved to a path that another is being made at', async () => {
      const { id, rowVersion } = await make('/mover');
      const { second } = await during(
        (ctx) => service().ensure(ctx, '/goal'),
        () => service().change(server.ctx, id, rowVersion, { name: 'goal' }),
      );
      expect(isError(second, 'conflict'), String(second)).to.equal(true);
    });

    it('two who make the same path get the same folder', async () => {
      const { first, second } = await during(
        (ctx) => service().ensure(ctx, '/same/path'),
        () => make('/same/path'),
      );
      expect(second).to.include({ id: first.id });
    });
  });

  describe('limits', () => {
    it('name the limit when a path is too long or too deep', async () => {
      const long = await send('/folders', 'POST', { path: `/${Array.from({ length: 10 }, () => '深'.repeat(80)).join('/')}` });
      expect(long.status, JSON.stringify(long.body)).to.equal(422);
      expect(long.body).to.include({ limit: 'folder_path_bytes', given: 2410, allowed: 2000 });
      const deep = await send('/folders', 'POST', { path: '/d'.repeat(51) });
      expect(deep.status).to.equal(422);
      expect(deep.body).to.include({ limit: 'folder_depth', given: 51, allowed: 50 });
    });

    it('hold for everything below a folder that is moved', async () => {
      const long = (await send('/folders', 'POST', { path: `/${'l'.repeat(250)}/${'m'.repeat(250)}/${'n'.repeat(250)}` })).body;
      const target = (await send('/folders', 'POST', { path: Array.from({ length: 5 }, () => `/${'t'.repeat(250)}`).join('') })).body;
      const top = (await send(`/folders?parent=/&limit=1000`, 'GET')).body.items.find((item: any) => long.path.startsWith(`${item.path}/`));
      const moved = await send(`/folders/${top.id}`, 'PATCH', { parent: target.id }, { 'If-Match': `"${top.rowVersion}"` });
      expect(moved.status, JSON.stringify(moved.body)).to.equal(422);
      expect(moved.body).to.include({ limit: 'folder_path_bytes', given: 8 * 251 });
      await send('/folders', 'POST', { path: '/a'.repeat(30) });
      const below = (await send('/folders', 'POST', { path: '/b'.repeat(21) })).body;
      const a = (await send(`/folders?parent=/&limit=1000`, 'GET')).body.items.find((item: any) => item.path === '/a');
      const sunk = await send(`/folders/${a.id}`, 'PATCH', { parent: below.id }, { 'If-Match': `"${a.rowVersion}"` });
      expect(sunk.status).to.equal(422);
      expect(sunk.body).to.include({ limit: 'folder_depth', given: 51 });
      expect(await broken()).to.deep.equal([]);
    });
  });

  it('count only what the asker may see', async () => {
    const parent = await make('/counted');
    const { id: hidden } = await make('/counted/hidden');
    await make('/counted/open');
    await file(server.ctx, '/counted');
    const { api, userId } = await server.as('editor');
    const [root] = await sql<{ id: string }>(`select id from acl where kind = 'workspace'`);
    const acl = await server.container.permissions.createAcl(server.ctx, { kind: 'folder', parentId: root?.id ?? '' });
    await sql('update folder set acl_id = $1 where id = $2', [acl, hidden]);
    const principal = { kind: 'user' as const, id: userId };
    await server.container.permissions.grant(server.ctx, { aclId: acl, principal, verbs: ['list', 'read'], effect: 'deny' });
    const seen = async (ask: typeof api) =>
      ((await (await ask('/api/v1/folders?parent=/&limit=1000')).json()) as any).items.find((item: any) => item.id === parent.id);
    expect(await seen(server.api)).to.include({ folders: 2, assets: 1 });
    expect(await seen(api)).to.include({ folders: 1, assets: 1 });
    const renamed = await api(`/api/v1/folders/${parent.id}`, {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/json', 'If-Match': '"1"' },
      body: JSON.stringify({ name: 'recounted' }),
    });
    expect(await renamed.json()).to.include({ path: '/recounted', folders: 1, assets: 1 });
  });
});
