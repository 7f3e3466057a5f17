import { expect } from 'chai';
import { type Ctx, systemContext } from '../../../src/context.ts';
import { type Core, cookieOf, startCore } from '../../support/core.ts';

const PASSWORD = 'correct horse battery';

describe('the audit log', () => {
  let core: Core;
  let ctx: Ctx;
  let auth: string;

  before(async () => {
    core = await startCore();
    const first = await core.identity.firstStart.ensure(systemContext(''), { adminEmail: 'a@example.com', adminPassword: PASSWORD });
    ctx = systemContext(first.workspaceId);
    auth = cookieOf((await core.call('POST', '/api/auth/sign-in/email', { body: { email: 'a@example.com', password: PASSWORD } })).headers);
    // Several in the same millisecond, so that paging has to go by id as well.
    const at = new Date('2030-01-01T00:00:00.000Z');
    for (let i = 0; i < 25; i += 1) {
      const clock = { now: () => new Date(at.getTime() + Math.floor(i / 10)) };
      await core.audit.record({ ...ctx, clock }, { action: 'test.done', subjectKind: 'test', subjectId: String(i), after: { i } });
    }
  });
  after(() => core.close());

  it('pages without loss or repetition, newest first', async () => {
    const seen: string[] = [];
    const times: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const page: { body: Record<string, any> } = await core.call(
        'GET',
        `/api/v1/audit?action=test.done&limit=7${cursor && `&cursor=${cursor}`}`,
        { auth },
      );
      seen.push(...page.body.items.map((item: { subject: { id: string } }) => item.subject.id));
      times.push(...page.body.items.map((item: { at: string }) => item.at));
      cursor = page.body.nextCursor;
    }
    expect(seen.map(Number).sort((a, b) => a - b)).to.deep.equal(Array.from({ length: 25 }, (_, i) => i));
    expect(times).to.deep.equal([...times].sort().reverse());
  });

  it('filters, and refuses a cursor that is none', async () => {
    const one = await core.call('GET', '/api/v1/audit?subjectKind=test&subjectId=3', { auth });
    expect(one.body.items).to.have.length(1);
    expect(one.body.items[0]).to.deep.include({ action: 'test.done', after: { i: 3 }, before: null });
    expect((await core.call('GET', '/api/v1/audit?cursor=xyz', { auth })).status).to.equal(400);
  });

  it('keeps nothing of what was rolled back', async () => {
    await core.database.transactions
      .run(ctx, async (inner) => {
        await core.audit.record(inner, { action: 'test.rolled_back', subjectKind: 'test', subjectId: 'x' });
        throw new Error('no');
      })
      .catch(() => undefined);
    expect((await core.audit.list(ctx, { action: 'test.rolled_back', limit: 10 })).items).to.deep.equal([]);
  });

  it('holds no password', async () => {
    const rows = await core.database.sql.query({}, 'select * from audit_entry');
    expect(JSON.stringify(rows)).not.to.contain(PASSWORD);
  });
});
