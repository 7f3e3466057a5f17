import { expect } from 'chai';
import express from 'express';
import { ANONYMOUS, systemContext } from '../../../src/context.ts';
import { DamsonError } from '../../../src/errors.ts';
import { cors } from '../../../src/platform/http/cors.ts';
import { refuseForeignOrigins } from '../../../src/platform/http/csrf.ts';
import { problemHandler } from '../../../src/platform/http/problem.ts';
import { BUCKETS, createMemoryRateLimiter, limitRequest, unlimited } from '../../../src/platform/http/rate-limit.ts';
import { securityHeaders } from '../../../src/platform/http/security-headers.ts';
import { silentLog } from '../../../src/platform/log.ts';
import { ask, json, type Running, serve } from './support.ts';

describe('guards in front of the API', () => {
  let running: Running;
  let done = 0;

  before(async () => {
    const app = express();
    app.use(securityHeaders({ https: true }), cors(['https://app.example']));
    app.use(refuseForeignOrigins({ origins: () => ['https://dam.example', 'https://app.example'] }));
    app.use((_req, res) => {
      done++;
      res.end('done');
    });
    app.use(problemHandler(silentLog));
    running = await serve(app);
  });
  after(() => running.close());

  const refused: Record<string, string>[] = [
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' },
    { 'sec-fetch-site': 'same-site', origin: 'https://evil.dam.example' },
    { 'sec-fetch-site': 'same-site' },
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: 'https://dam.example.evil.example' },
    { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example' },
    { origin: 'https://evil.example', authorization: 'Basic eDp5' },
  ];
  for (const headers of refused) {
    it(`refuses a foreign page: ${JSON.stringify(headers)}`, async () => {
      done = 0;
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        const answer = await ask(running.url, { method, headers: { cookie: 'damson=x', ...headers } });
        expect(answer.status).to.equal(403);
        expect(json(answer)).to.include({ code: 'foreign_origin' });
      }
      expect(done).to.equal(0);
      expect((await ask(running.url, { headers })).status).to.equal(200);
    });
  }

  it('takes its own pages, listed origins, programs and keys', async () => {
    const taken: Record<string, string>[] = [
      {},
      { 'sec-fetch-site': 'same-origin' },
      { 'sec-fetch-site': 'none' },
      { 'sec-fetch-site': 'cross-site', origin: 'https://app.example' },
      { origin: 'https://dam.example' },
      { origin: `http://127.0.0.1:${running.port}` },
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site', authorization: 'Bearer key' },
    ];
    for (const headers of taken)
      expect((await ask(running.url, { method: 'POST', headers })).status, JSON.stringify(headers)).to.equal(200);
  });

  it('lets only listed origins read, and answers their preflight', async () => {
    const preflight = { origin: 'https://app.example', 'access-control-request-method': 'PATCH' };
    const answer = await ask(running.url, { method: 'OPTIONS', headers: preflight });
    expect(answer.status).to.equal(204);
    expect(answer.headers).to.include({
      'access-control-allow-origin': 'https://app.example',
      'access-control-allow-credentials': 'true',
      vary: 'Origin',
    });
    expect(answer.headers['access-control-allow-headers']).to.contain('Upload-Offset');
    const foreign = await ask(running.url, { headers: { origin: 'https://evil.example' } });
    expect(foreign.headers['access-control-allow-origin']).to.equal(undefined);
    expect(foreign.headers.vary).to.equal('Origin');
  });

  it('sends the page headers', async () => {
    const { headers } = await ask(running.url);
    expect(headers['content-security-policy']).to.contain("frame-ancestors 'none'").and.to.contain("object-src 'none'");
    expect(headers['strict-transport-security']).to.equal('max-age=31536000');
  });
});

describe('rate limits', () => {
  const wait = async (work: Promise<void>): Promise<string> => {
    try {
      await work;
      return 'ok';
    } catch (error) {
      return error instanceof DamsonError ? `${error.status} ${error.headers['Retry-After']}` : String(error);
    }
  };
  const person = (id: string) => systemContext('w', { actor: { kind: 'user', id, userId: id, role: 'viewer', scopes: null } });
  const stranger = systemContext('', { actor: ANONYMOUS });

  it('lets a burst pass, then says how long to wait, then lets it pass again', async () => {
    let now = 0;
    const limiter = createMemoryRateLimiter(() => now);
    for (let i = 0; i < BUCKETS.anonymous.capacity; i++) expect(await wait(limitRequest(limiter, stranger, '1.2.3.4'))).to.equal('ok');
    expect(await wait(limitRequest(limiter, stranger, '1.2.3.4'))).to.equal('429 1');
    expect(await wait(limitRequest(limiter, stranger, '::ffff:1.2.3.4'))).to.equal('429 1');
    expect(await wait(limitRequest(limiter, stranger, '::ffff:1.2.3.5'))).to.equal('ok');
    now += 1_000;
    expect(await wait(limitRequest(limiter, stranger, '1.2.3.4', BUCKETS.anonymous.perSecond))).to.equal('ok');
    expect(await wait(limitRequest(limiter, stranger, '1.2.3.4'))).to.equal('429 1');
  });

  it('counts people apart in one network, and a cost above the whole budget once', async () => {
    const limiter = createMemoryRateLimiter(() => 0);
    expect(await wait(limitRequest(limiter, person('a'), '1.2.3.4', 1e9))).to.equal('ok');
    expect(await wait(limitRequest(limiter, person('a'), '1.2.3.4'))).to.equal('429 1');
    expect(await wait(limitRequest(limiter, person('b'), '1.2.3.4'))).to.equal('ok');
    for (let i = 0; i < 2; i++) expect(await wait(limitRequest(unlimited, person('a'), '1.2.3.4', 1e9)), 'RATE_LIMIT=off').to.equal('ok');
  });
});
