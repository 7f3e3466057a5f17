import { expect } from 'chai';
import { type Ctx, systemContext } from '../../../src/context.ts';
import { type Core, cookieOf, startCore } from '../../support/core.ts';
import { until } from '../../support/until.ts';

const PASSWORD = 'correct horse battery';

describe('the live stream', () => {
  let core: Core;
  let ctx: Ctx;

  before(async () => {
    core = await startCore();
    const first = await core.identity.firstStart.ensure(systemContext(''), { adminEmail: 'a@example.com', adminPassword: PASSWORD });
    ctx = systemContext(first.workspaceId);
  });
  after(() => core.close());

  async function listen(email: string, role: 'viewer' | 'admin') {
    const known = (await core.identity.members.list(ctx)).items.find((item) => item.email === email);
    const { userId } = known ?? (await core.identity.members.invite(ctx, { email, name: email, role, password: PASSWORD })).member;
    const auth = cookieOf((await core.call('POST', '/api/auth/sign-in/email', { body: { email, password: PASSWORD } })).headers);
    const abort = new AbortController();
    const response = await fetch(`${core.url}/api/v1/stream`, { headers: { cookie: auth }, signal: abort.signal });
    expect(response.headers.get('content-type')).to.contain('text/event-stream');
    const stream = { text: '', ended: false, userId, stop: () => abort.abort() };
    void (async () => {
      const decoder = new TextDecoder();
      try {
        for await (const chunk of response.body ?? []) stream.text += decoder.decode(chunk as Uint8Array, { stream: true });
      } catch {
        // aborted by the test
      }
      stream.ended = true;
    })();
    await until('the stream is open', () => stream.text.includes('live.ready'));
    return stream;
  }

  it('is for nobody without a credential', async () => {
    expect((await core.call('GET', '/api/v1/stream')).status).to.equal(401);
  });

  it('tells what the listener may list, in order, and nothing else', async () => {
    const root = await core.permissions.ensureWorkspaceAcl(ctx);
    const secret = await core.permissions.createAcl(ctx, { kind: 'folder', parentId: root });
    const viewer = await listen('v@example.com', 'viewer');
    await core.permissions.grant(ctx, { aclId: secret, principal: { kind: 'user', id: viewer.userId }, verbs: ['list'], effect: 'deny' });
    await core.live.publish(ctx, 'asset.updated', { id: '1' }, { aclId: root });
    await core.live.publish(ctx, 'asset.updated', { id: 'hidden' }, { aclId: secret });
    await core.live.publish(ctx, 'job.progressed', { id: 'not mine' }, { userId: 'somebody else' });
    await core.live.publish(ctx, 'job.progressed', { id: 'mine' }, { userId: viewer.userId });
    await core.live.publish({ ...ctx, workspaceId: '01900000-0000-7000-8000-000000000009' }, 'asset.updated', { id: 'elsewhere' });
    await core.live.publish(ctx, 'folder.changed', { id: 'last' });
    await until('the last event', () => viewer.text.includes('"last"'));
    const ids = [...viewer.text.matchAll(/data: \{"id":"([^"]+)"/g)].map((match) => match[1]);
    expect(ids).to.deep.equal(['1', 'mine', 'last']);
    viewer.stop();
  });

  it('says nothing of what was rolled back', async () => {
    const admin = await listen('a@example.com', 'admin');
    await core.database.transactions
      .run(ctx, async (inner) => {
        await core.live.publish(inner, 'asset.updated', { id: 'rolled back' });
        throw new Error('no');
      })
      .catch(() => undefined);
    await core.live.publish(ctx, 'asset.updated', { id: 'kept' });
    await until('the event', () => admin.text.includes('"kept"'));
    expect(admin.text).not.to.contain('rolled back');
    admin.stop();
  });

  it('ends for somebody who is removed', async () => {
    const viewer = await listen('gone@example.com', 'viewer');
    await core.identity.members.remove(ctx, viewer.userId);
    await until('the stream ends', async () => {
      await core.live.publish(ctx, 'asset.updated', { id: 'after' });
      return viewer.ended;
    });
  });
});
