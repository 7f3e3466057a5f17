import { expect } from 'chai';
import { type Actor, type Ctx, systemContext } from '../../../src/context.ts';
import { conflict, unavailable } from '../../../src/errors.ts';
import type { Jobs } from '../../../src/modules/core/jobs/index.ts';
import { newId } from '../../../src/platform/database/uuid.ts';
import { type Core, cookieOf, startCore } from '../../support/core.ts';
import { until } from '../../support/until.ts';

const PASSWORD = 'correct horse battery';

describe('long work', () => {
  let core: Core;
  let system: Ctx;
  let ctx: Ctx;
  let auth: string;
  /** What the test kind's items have done, by key; kept in a table so that transactions count. */
  const values = async (): Promise<Record<string, number>> =>
    Object.fromEntries(
      (await core.database.sql.query<{ key: string; n: number }>({}, 'select key, n from thing order by key')).map(({ key, n }) => [
        key,
        n,
      ]),
    );
  const hooks = { before: async (_key: string): Promise<void> => undefined };

  function register(jobs: Jobs): void {
    jobs.registerKind({
      kind: 'test.add',
      handleItem: async (inner, key, params) => {
        await hooks.before(key);
        const by = Number(params['by']);
        await core.database.sql.query(inner, 'insert into thing values ($1, $2) on conflict (key) do update set n = thing.n + $2', [
          key,
          by,
        ]);
        if (key.startsWith('bad')) throw conflict('This one is locked.');
        if (key.startsWith('bug')) throw new Error('secret inside');
        if (key.startsWith('same')) return { skipped: 'Nothing to do.' };
        return { undo: { by } };
      },
      undoItem: async (inner, key, undo) => {
        if (key === 'changed') throw conflict('Changed since.');
        await core.database.sql.query(inner, 'update thing set n = n - $2 where key = $1', [key, Number(undo['by'])]);
      },
    });
  }

  before(async () => {
    core = await startCore();
    const first = await core.identity.firstStart.ensure(systemContext(''), { adminEmail: 'a@example.com', adminPassword: PASSWORD });
    system = systemContext(first.workspaceId);
    auth = cookieOf((await core.call('POST', '/api/auth/sign-in/email', { body: { email: 'a@example.com', password: PASSWORD } })).headers);
    const { user } = (await core.call('GET', '/api/v1/me', { auth })).body;
    const actor: Actor = { kind: 'user', id: user.id, userId: user.id, role: 'admin', scopes: null };
    ctx = { ...system, actor };
    await core.database.sql.query({}, 'create table thing (key text primary key, n integer not null)');
    register(core.jobs);
    core.runner.register(core.jobs.jobs);
    await core.runner.start(['io']);
  });
  after(() => core.close());
  beforeEach(async () => {
    hooks.before = async () => undefined;
    await core.database.sql.query({}, 'delete from thing');
  });

  const start = (keys: string[]) => core.jobs.start(ctx, { kind: 'test.add', params: { by: 2 }, keys, undoable: true });
  const ended = (id: string) =>
    until('the job ends', async () => {
      const job = await core.jobs.get(ctx, id);
      return job.state === 'queued' || job.state === 'running' ? null : job;
    });

  it('does every item, and tells of those that failed or were skipped', async () => {
    const id = await start(['a', 'bad', 'b', 'bug', 'same']);
    const job = await ended(id);
    expect(job).to.deep.include({ state: 'done', total: 5, done: 3, failed: 2, undoable: true });
    expect(job.items).to.deep.equal([
      { key: 'bad', state: 'failed', reason: 'This one is locked.' },
      { key: 'bug', state: 'failed', reason: 'Something went wrong on our side.' },
      { key: 'same', state: 'skipped', reason: 'Nothing to do.' },
    ]);
    expect(await values()).to.deep.equal({ a: 2, b: 2, same: 2 });
    const viaHttp = await core.call('GET', `/api/v1/jobs/${id}`, { auth });
    expect(viaHttp.body).to.deep.include({ state: 'done', failed: 2 });
    expect((await core.call('GET', '/api/v1/jobs', { auth })).body.items[0].id).to.equal(id);
  });

  it('is done at once with nothing to do, and refuses a kind that nobody handles', async () => {
    expect((await core.jobs.get(ctx, await start([]))).state).to.equal('done');
    const unknown: unknown = await Promise.resolve()
      .then(() => core.jobs.start(ctx, { kind: 'test.nothing', params: {}, keys: ['a'], undoable: false }))
      .catch((error: unknown) => error);
    expect(unknown).to.be.instanceOf(Error);
  });

  it('belongs to whoever started it, and to administrators', async () => {
    const id = await start(['a']);
    const { member } = await core.identity.members.invite(system, {
      email: 'e@example.com',
      name: 'E',
      role: 'editor',
      password: PASSWORD,
    });
    const theirs = cookieOf(
      (await core.call('POST', '/api/auth/sign-in/email', { body: { email: member.email, password: PASSWORD } })).headers,
    );
    for (const [method, path] of [
      ['GET', `/api/v1/jobs/${id}`],
      ['POST', `/api/v1/jobs/${id}/cancel`],
      ['POST', `/api/v1/jobs/${id}/undo`],
    ] as const) {
      expect((await core.call(method, path)).status).to.equal(401);
      expect((await core.call(method, path, { auth: theirs })).status).to.equal(404);
    }
    expect((await core.call('GET', '/api/v1/jobs', { auth: theirs })).body.items).to.deep.equal([]);
    await ended(id);
  });

  it('is cancelled between two items; what is done stays done', async () => {
    let id = '';
    hooks.before = async (key) => {
      if (key === 'k3') await core.jobs.cancel(ctx, id);
    };
    // Not begun before the id is known: the job starts with the commit.
    await core.database.transactions.run(ctx, async (inner) => {
      id = await core.jobs.start(inner, {
        ...{ kind: 'test.add', params: { by: 1 }, undoable: true },
        keys: ['k1', 'k2', 'k3', 'k4', 'k5'],
      });
    });
    const job = await ended(id);
    expect(job).to.deep.include({ state: 'cancelled', done: 3, cancelRequested: true });
    expect(await values()).to.deep.equal({ k1: 1, k2: 1, k3: 1 });
  });

  it('is undone item by item; one changed since stays, with a reason', async () => {
    const id = await start(['a', 'changed', 'bad', 'b']);
    await ended(id);
    expect((await core.call('POST', `/api/v1/jobs/${id}/undo`, { auth })).status).to.equal(202);
    const job = await ended(id);
    expect(job).to.deep.include({ state: 'undone', undoable: false });
    expect(job.result).to.deep.equal({ undone: 2, kept: 1 });
    expect(job.items).to.deep.include({ key: 'changed', state: 'done', reason: 'Changed since.' });
    expect(await values()).to.deep.equal({ a: 0, b: 0, changed: 2 });
    expect((await core.call('POST', `/api/v1/jobs/${id}/undo`, { auth })).body.code).to.equal('not_undoable');
  });

  it('cannot be undone after 30 days', async () => {
    const id = await start(['a']);
    await ended(id);
    const later = { ...ctx, clock: { now: () => new Date(Date.now() + 31 * 86_400_000) } };
    const error: unknown = await core.jobs.undo(later, id).catch((e: unknown) => e);
    expect(error).to.have.property('code', 'not_undoable');
  });

  it('tries again when the outside was away, and does no item twice', async () => {
    let failures = 2;
    hooks.before = async (key) => {
      if (key === 'k2' && failures-- > 0) throw unavailable();
    };
    const job = await ended(await start(['k1', 'k2', 'k3']));
    expect(job).to.deep.include({ state: 'done', done: 3, failed: 0 });
    expect(await values()).to.deep.equal({ k1: 2, k2: 2, k3: 2 });
  });

  it('does no item twice when two runs of one job meet', async () => {
    const other = core.makeJobs();
    register(other);
    const keys = Array.from({ length: 30 }, (_, i) => `t${String(i).padStart(2, '0')}`);
    const id = await start(keys);
    const run = core.jobs.jobs.find((job) => job.name === 'jobs.run');
    const again = other.jobs.find((job) => job.name === 'jobs.run');
    const never = { id: newId(), attempt: 1, maxAttempts: 1, complete: async () => true };
    await Promise.all([run?.handle(system, { jobId: id }, never), again?.handle(system, { jobId: id }, never)]);
    await ended(id);
    expect(await values()).to.deep.equal(Object.fromEntries(keys.map((key) => [key, 2])));
  });

  it('stops for somebody who was removed', async () => {
    const { member } = await core.identity.members.invite(system, {
      email: 'r@example.com',
      name: 'R',
      role: 'editor',
      password: PASSWORD,
    });
    const actor: Actor = { kind: 'user', id: member.userId, userId: member.userId, role: 'editor', scopes: null };
    const id = await core.database.transactions.run({ ...system, actor }, async (inner) => {
      const made = await core.jobs.start(inner, { kind: 'test.add', params: { by: 1 }, keys: ['a'], undoable: false });
      await core.identity.members.remove({ ...inner, actor: ctx.actor }, member.userId);
      return made;
    });
    const job = await ended(id);
    expect(job.state).to.equal('failed');
    expect(job.result).to.deep.equal({ reason: 'The person who started this is no longer a member.' });
    expect(await values()).to.deep.equal({});
  });
});
