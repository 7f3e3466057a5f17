import { expect } from 'chai';
import { type Ctx, systemContext } from '../../../src/context.ts';
import { type Core, cookieOf, startCore } from '../../support/core.ts';
import { until } from '../../support/until.ts';

const EMAIL = 'admin@example.com';
const PASSWORD = 'correct horse battery';

describe('signing in', () => {
  let core: Core;
  let ctx: Ctx;

  before(async () => {
    core = await startCore();
    const first = await core.identity.firstStart.ensure(systemContext(''), { adminEmail: EMAIL, adminPassword: PASSWORD });
    ctx = systemContext(first.workspaceId);
  });
  after(() => core.close());

  const signIn = (email: string, password: string, headers: Record<string, string> = {}) =>
    core.call('POST', '/api/auth/sign-in/email', { body: { email, password }, headers });
  const auditActions = async () => (await core.audit.list(ctx, { limit: 100 })).items.map((item) => item.action);

  it('gives a cookie, which is somebody until it is signed out', async () => {
    const answer = await signIn(EMAIL.toUpperCase(), PASSWORD);
    expect(answer.status).to.equal(200);
    const [cookie] = answer.headers.getSetCookie();
    expect(cookie).to.match(/^damson=/);
    expect(cookie).to.match(/HttpOnly/i);
    expect(cookie).to.match(/SameSite=Lax/i);
    expect(cookie).to.match(/Path=\//);
    const auth = cookieOf(answer.headers);
    const me = await core.call('GET', '/api/v1/me', { auth });
    expect(me.status).to.equal(200);
    expect(me.body).to.deep.include({ role: 'admin', hasPassword: true, apiKey: null });
    expect(me.body.user.email).to.equal(EMAIL);
    expect(me.body.verbs).to.include('manage');
    expect(await auditActions()).to.include('session.created');

    expect((await core.call('POST', '/api/auth/sign-out', { auth, body: {} })).status).to.equal(200);
    expect((await core.call('GET', '/api/v1/me', { auth })).status).to.equal(401);
    expect(await auditActions()).to.include('session.ended');
  });

  it('answers the same for a wrong password and an unknown address', async () => {
    const wrong = await signIn(EMAIL, 'wrong password');
    const unknown = await signIn('nobody@example.com', 'wrong password');
    expect(wrong.status).to.equal(401);
    expect(wrong.body).to.deep.equal(unknown.body);
    expect(wrong.headers.get('content-type')).to.contain('application/problem+json');
    expect(wrong.headers.getSetCookie()).to.deep.equal([]);
    expect(await auditActions()).to.include('session.refused');
  });

  it('keeps only an argon2id hash', async () => {
    const [row] = await core.database.sql.query<{ password: string }>({}, 'select password from auth.account');
    expect(row?.password).to.match(/^\$argon2id\$/);
  });

  it('refuses a foreign origin and takes the machine’s other name', async () => {
    const foreign = await signIn(EMAIL, PASSWORD, { origin: 'https://evil.example' });
    expect(foreign.status).to.equal(403);
    expect(foreign.headers.getSetCookie()).to.deep.equal([]);
    expect((await signIn(EMAIL, PASSWORD, { origin: core.url.replace('127.0.0.1', 'localhost') })).status).to.equal(200);
  });

  it('has nothing else of better-auth open', async () => {
    for (const [method, path] of [
      ['POST', '/api/auth/sign-up/email'],
      ['POST', '/api/auth/sign-in/magic-link'],
      ['GET', '/api/auth/get-session'],
      ['GET', '/api/auth/magic-link/verify?token=x'],
      ['POST', '/api/auth/request-password-reset'],
      ['POST', '/api/auth/update-user'],
      ['POST', '/api/auth//sign-up/email'],
      ['POST', '/api/auth/sign-in/../sign-up/email'],
    ] as const) {
      const answer = await core.call(
        method,
        path,
        method === 'POST' ? { body: { email: 'x@example.com', password: PASSWORD, name: 'x' } } : {},
      );
      expect(answer.status, path).to.equal(404);
    }
    expect((await core.call('POST', '/api/auth/sign-in/email', { body: { email: EMAIL, password: 'x'.repeat(100_000) } })).status).to.equal(
      413,
    );
  });

  it('sees through a forged, cut or foreign cookie', async () => {
    const auth = cookieOf((await signIn(EMAIL, PASSWORD)).headers);
    for (const forged of [`${auth}x`, auth.slice(0, -4), 'damson=', 'damson=a.b', `damson=${encodeURIComponent('%')}`]) {
      expect((await core.call('GET', '/api/v1/me', { auth: forged })).status, forged).to.equal(401);
    }
  });

  it('lets a stranger’s guessing stop the stranger, not a link', async () => {
    const { member } = await core.identity.members.invite(ctx, { email: 'v@example.com', name: 'V', role: 'viewer', password: PASSWORD });
    const answers = await Promise.all(Array.from({ length: 14 }, () => signIn(member.email, 'guess guess')));
    expect(answers.filter((answer) => answer.status === 429)).to.have.length(4);
    const blocked = await signIn(member.email, PASSWORD);
    expect(blocked.status).to.equal(429);
    expect(Number(blocked.headers.get('retry-after'))).to.be.greaterThan(0);
    // Another account from the same network is not touched, and a one-time link always works.
    expect((await signIn(EMAIL, PASSWORD)).status).to.equal(200);
    const link = new URL(await core.identity.members.signInLink(ctx, member.email));
    const answer = await core.call('GET', link.pathname + link.search);
    expect(answer.status).to.equal(303);
    expect((await core.call('GET', '/api/v1/me', { auth: cookieOf(answer.headers) })).body.user.email).to.equal(member.email);
  });

  it('lets a link work once, and not when looked at by HEAD', async () => {
    const link = new URL(await core.identity.members.signInLink(ctx, EMAIL));
    expect((await fetch(link, { method: 'HEAD', redirect: 'manual' })).status).to.equal(405);
    const first = await core.call('GET', link.pathname + link.search);
    expect([first.status, first.headers.get('location')]).to.deep.equal([303, '/']);
    expect(first.headers.get('cache-control')).to.equal('no-store');
    const second = await core.call('GET', link.pathname + link.search);
    expect([second.status, second.headers.get('location')]).to.deep.equal([303, '/sign-in?error=link']);
    expect(cookieOf(second.headers)).to.equal('');
    const [row] = await core.database.sql.query<{ n: string }>({}, 'select count(*) as n from auth.verification where identifier = $1', [
      link.searchParams.get('token'),
    ]);
    expect(row?.n).to.equal('0');
  });

  it('changes a password only with the current one, and ends other sessions', async () => {
    await core.identity.members.invite(ctx, { email: 'p@example.com', name: 'P', role: 'editor', password: PASSWORD });
    const here = cookieOf((await signIn('p@example.com', PASSWORD)).headers);
    const there = cookieOf((await signIn('p@example.com', PASSWORD)).headers);
    const change = (body: object) => core.call('POST', '/api/v1/me/password', { auth: here, body });
    expect((await change({ newPassword: 'another long one' })).status).to.equal(403);
    expect((await change({ newPassword: 'another long one', currentPassword: 'wrong one here' })).status).to.equal(403);
    expect((await change({ newPassword: 'another long one', currentPassword: PASSWORD })).status).to.equal(204);
    expect((await core.call('GET', '/api/v1/me', { auth: here })).status).to.equal(200);
    expect((await core.call('GET', '/api/v1/me', { auth: there })).status).to.equal(401);
    expect((await signIn('p@example.com', PASSWORD)).status).to.equal(401);
    expect((await signIn('p@example.com', 'another long one')).status).to.equal(200);
  });

  it('makes the first workspace once when two processes start at once, and a fresh link until somebody was here', async () => {
    const two = await startCore();
    try {
      const other = two.makeIdentity();
      await other.start();
      const none = systemContext('');
      const [a, b] = await Promise.all([two.identity.firstStart.ensure(none, {}), other.firstStart.ensure(none, {})]);
      expect(a.workspaceId).to.equal(b.workspaceId);
      expect([a.created, b.created].filter(Boolean)).to.have.length(1);
      const again = await two.identity.firstStart.ensure(none, {});
      expect(again).to.include({ created: false, adminEmail: 'admin@damson.local' });
      const link = new URL(again.signInLink ?? '');
      expect((await two.call('GET', link.pathname + link.search)).headers.get('location')).to.equal('/');
      expect((await two.identity.firstStart.ensure(none, {})).signInLink).to.equal(undefined);
      await other.close();
    } finally {
      await two.close();
    }
  });

  it('tells other processes when somebody signs out', async () => {
    const other = core.makeIdentity();
    await other.start();
    const auth = cookieOf((await signIn(EMAIL, PASSWORD)).headers);
    expect((await other.resolveActor({ cookie: auth })).actor.kind).to.equal('user');
    await core.call('POST', '/api/auth/sign-out', { auth, body: {} });
    await until(
      'the other process forgets the session',
      async () => (await other.resolveActor({ cookie: auth })).actor.kind === 'anonymous',
    );
    await other.close();
  });
});
