import { expect } from 'chai';
import express from 'express';
import { z } from 'zod';
import { type Actor, ANONYMOUS, type Ctx, systemContext } from '../../../src/context.ts';
import { notFound, unavailable } from '../../../src/errors.ts';
import { type Log, silentLog } from '../../../src/platform/log.ts';
import { apiRouter, type MountDeps, mountRoutes } from '../../../src/platform/http/mount.ts';
import { notFoundHandler, problemHandler } from '../../../src/platform/http/problem.ts';
import { requestIds } from '../../../src/platform/http/request-id.ts';
import { type AnyRoute, anyone, defineRoute, signedIn } from '../../../src/platform/http/route.ts';
import { ask, json, type Running, serve } from './support.ts';

const KEY: Actor = { kind: 'api_key', id: 'k1', userId: 'u1', role: 'editor', scopes: ['assets:read'] };
const PERSON: Actor = { kind: 'user', id: 'u1', userId: 'u1', role: 'admin', scopes: null };
const ACTORS: Record<string, Actor> = { key: KEY, person: PERSON };

const seen: { signal?: AbortSignal; limited: number[] } = { limited: [] };
const base = { summary: 's', tag: 'T', since: '0.1', responses: { 200: z.object({ ok: z.unknown() }) } };

const routes: AnyRoute[] = [
  defineRoute({
    ...base,
    method: 'get',
    path: '/things/:id',
    id: 'things.get',
    access: anyone('test'),
    handle: async ({ params }) => ({ body: { ok: params } }),
  }),
  defineRoute({
    ...base,
    method: 'get',
    path: '/things/special',
    id: 'things.special',
    access: anyone('test'),
    handle: async () => ({ body: { ok: 'special' } }),
  }),
  defineRoute({
    ...base,
    method: 'post',
    path: '/things',
    id: 'things.create',
    access: signedIn('assets:write', 'create', 'thing'),
    query: z.object({ limit: z.coerce.number().int().max(10).default(5) }),
    body: z.strictObject({ name: z.string().max(5), tags: z.array(z.string()).optional() }),
    cost: 3,
    responses: { 201: z.object({ name: z.string(), limit: z.number(), rowVersion: z.number() }) },
    handle: async ({ body, query }) => ({
      body: { name: body.name, limit: query.limit, rowVersion: 7 },
      headers: { Location: '/things/1' },
    }),
  }),
  defineRoute({
    ...base,
    method: 'put',
    path: '/things/:id',
    id: 'things.put',
    access: signedIn('assets:read', 'edit', 'thing'),
    ifMatch: true,
    handle: async () => ({ body: { ok: 1 } }),
  }),
  defineRoute({
    ...base,
    method: 'delete',
    path: '/things/:id',
    id: 'things.delete',
    access: signedIn(null, 'manage', 'thing'),
    responses: { 204: null },
    handle: async () => undefined,
  }),
  defineRoute({
    ...base,
    method: 'get',
    path: '/slow',
    id: 'slow',
    access: anyone('test'),
    timeoutMs: 20,
    handle: ({ ctx }) => {
      seen.signal = ctx.signal;
      return new Promise((resolve) => ctx.signal.addEventListener('abort', () => resolve({ body: { ok: 'late' } })));
    },
  }),
  defineRoute({
    ...base,
    method: 'get',
    path: '/defect',
    id: 'defect',
    access: anyone('test'),
    handle: async () => Promise.reject(new Error('SELECT secret FROM /etc/passwd')),
  }),
  defineRoute({
    ...base,
    method: 'get',
    path: '/undeclared',
    id: 'undeclared',
    access: anyone('test'),
    handle: async () => ({ status: 202, body: {} }),
  }),
  defineRoute({
    ...base,
    method: 'get',
    path: '/wrong-shape',
    id: 'wrong-shape',
    access: anyone('test'),
    responses: { 200: z.object({ n: z.number() }) },
    handle: async () => ({ body: { n: 'one' } }),
  }),
  defineRoute({
    ...base,
    method: 'get',
    path: '/gone',
    id: 'gone',
    access: anyone('test'),
    handle: async () => Promise.reject(notFound()),
  }),
  defineRoute({
    ...base,
    method: 'get',
    path: '/database-away',
    id: 'database-away',
    access: anyone('test'),
    handle: async () => Promise.reject(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })),
  }),
];

describe('mounted routes', () => {
  let running: Running;
  const logged: { level: string; fields: object }[] = [];
  const log: Log = {
    ...silentLog,
    error: (fields) => logged.push({ level: 'error', fields }),
    warn: (fields) => logged.push({ level: 'warn', fields }),
  };

  const deps: MountDeps = {
    contextOf: (req): Ctx => {
      const actor = ACTORS[/^Bearer (\w+)$/.exec(req.headers.authorization ?? '')?.[1] ?? ''] ?? ANONYMOUS;
      if (req.headers['x-away'] !== undefined) throw unavailable();
      return systemContext('w1', { actor });
    },
    limit: async (_ctx, _req, cost) => void seen.limited.push(cost),
    bodyLimitBytes: 1_000,
    checkResponses: true,
  };

  before(async () => {
    const app = express();
    app.set('etag', false);
    const router = apiRouter();
    mountRoutes(router, routes, deps);
    app.use(requestIds(), router, notFoundHandler(), problemHandler(log));
    running = await serve(app);
  });
  after(() => running.close());

  const as = (who: string, more: Record<string, string> = {}): Record<string, string> => ({ authorization: `Bearer ${who}`, ...more });
  const post = (body: string, headers: Record<string, string> = {}) =>
    ask(`${running.url}/things`, { method: 'POST', headers: { ...as('person'), 'content-type': 'application/json', ...headers }, body });

  it('puts fixed paths before parameters, whatever the order of declaration', async () => {
    expect(json(await ask(`${running.url}/things/special`))).to.deep.equal({ ok: 'special' });
    expect(json(await ask(`${running.url}/things/5`))).to.deep.equal({ ok: { id: '5' } });
  });

  it('answers nobody with 401 and a challenge, before reading anything', async () => {
    const answer = await ask(`${running.url}/things?limit=abc`, {
      method: 'POST',
      body: '{broken',
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).to.equal(401);
    expect(answer.headers['www-authenticate']).to.equal('Bearer realm="damson"');
    expect(answer.headers['content-type']).to.equal('application/problem+json');
    expect(json(answer)).to.include({ code: 'unauthorized', status: 401, type: 'urn:damson:error:unauthorized' });
  });

  it('names the scope a key lacks, and refuses keys where a person is needed', async () => {
    const answer = await ask(`${running.url}/things`, { method: 'POST', headers: as('key') });
    expect(answer.status).to.equal(403);
    expect(json(answer)).to.include({ code: 'scope_missing', scope: 'assets:write' });
    expect(json(await ask(`${running.url}/things/1`, { method: 'DELETE', headers: as('key') }))).to.include({
      status: 403,
      code: 'session_required',
    });
  });

  it('validates query and body, naming each wrong member', async () => {
    const query = await ask(`${running.url}/things?limit=11`, { method: 'POST', headers: as('person') });
    expect(query.status).to.equal(400);
    expect((json(query)['errors'] as { path: string }[]).map(({ path }) => path)).to.deep.equal(['query.limit']);
    const body = await post('{"name":"too long","extra":1,"tags":["a",2]}');
    expect(body.status).to.equal(400);
    expect((json(body)['errors'] as { path: string }[]).map(({ path }) => path)).to.have.members(['body.name', 'body', 'body.tags.1']);
  });

  it('answers with the first declared success, the row version as ETag, and own headers', async () => {
    const answer = await post('{"name":"a"}');
    expect(answer.status).to.equal(201);
    expect(json(answer)).to.deep.equal({ name: 'a', limit: 5, rowVersion: 7 });
    expect(answer.headers).to.include({ etag: '"7"', location: '/things/1', 'cache-control': 'no-store' });
    expect(answer.headers['x-request-id']).to.match(/^[0-9a-f-]{36}$/);
    expect(seen.limited.at(-1)).to.equal(3);
  });

  it('maps what parsers and addresses do wrong to 4xx', async () => {
    expect((await post('{broken')).status).to.equal(400);
    expect((await post('null')).status).to.equal(400);
    expect((await post('')).status).to.equal(400);
    expect((await post(`{"name":"${'x'.repeat(2_000)}"}`)).status).to.equal(413);
    expect((await post('name=a', { 'content-type': 'text/plain' })).status).to.equal(415);
    expect((await post('{}', { 'content-encoding': 'nonsense' })).status).to.equal(415);
    expect((await post('{"__proto__":{"polluted":1},"name":"a"}')).status).to.be.oneOf([201, 400]);
    expect(({} as Record<string, unknown>)['polluted']).to.equal(undefined);
    expect((await ask(`${running.url}/things/%E0%A4%A`)).status).to.equal(400);
  });

  it('asks for If-Match', async () => {
    const put = (headers: Record<string, string>) => ask(`${running.url}/things/1`, { method: 'PUT', headers: as('person', headers) });
    expect((await put({})).status).to.equal(428);
    expect((await put({ 'if-match': '*' })).status).to.equal(400);
    expect((await put({ 'if-match': '"3"' })).status).to.equal(200);
  });

  it('answers a missing body with the declared status', async () => {
    const answer = await ask(`${running.url}/things/1`, { method: 'DELETE', headers: as('person') });
    expect(answer.status).to.equal(204);
    expect(answer.body.length).to.equal(0);
  });

  it('answers other methods of a known path with 405 and Allow, unknown paths with 404', async () => {
    const answer = await ask(`${running.url}/things/1`, { method: 'PATCH', headers: as('person') });
    expect(answer.status).to.equal(405);
    expect(answer.headers.allow).to.equal('DELETE, GET, HEAD, OPTIONS, PUT');
    expect((await ask(`${running.url}/things`, { method: 'OPTIONS' })).headers.allow).to.equal('OPTIONS, POST');
    expect(json(await ask(`${running.url}/nowhere`))).to.include({ status: 404, code: 'not_found' });
  });

  it('answers HEAD without a body', async () => {
    const answer = await ask(`${running.url}/things/special`, { method: 'HEAD' });
    expect([answer.status, answer.body.length, answer.headers['content-length']]).to.deep.equal([200, 0, '16']);
  });

  it('ends a route at its deadline with 503 and aborts its signal', async () => {
    const answer = await ask(`${running.url}/slow`);
    expect(answer.status).to.equal(503);
    expect(json(answer)).to.include({ code: 'deadline_exceeded' });
    expect(answer.headers['retry-after']).to.equal('5');
    expect(seen.signal?.aborted).to.equal(true);
  });

  it('says nothing of the inside, but logs it', async () => {
    logged.length = 0;
    const answer = await ask(`${running.url}/defect`, { headers: { 'x-request-id': 'my-request-1' } });
    expect(answer.status).to.equal(500);
    expect(json(answer)).to.deep.equal({
      type: 'urn:damson:error:internal_error',
      title: 'Something went wrong on our side',
      status: 500,
      code: 'internal_error',
      requestId: 'my-request-1',
    });
    expect(logged).to.have.length(1);
    expect(logged[0]?.fields).to.include({ requestId: 'my-request-1', route: 'defect' });
  });

  it('answers an unreachable database with 503', async () => {
    const answer = await ask(`${running.url}/database-away`);
    expect(json(answer)).to.include({ status: 503, code: 'unavailable' });
    expect((await ask(`${running.url}/slow`, { headers: { 'x-away': '1' } })).status).to.equal(503);
  });

  it('fails in tests when an answer is not as declared', async () => {
    expect((await ask(`${running.url}/undeclared`)).status).to.equal(500);
    expect((await ask(`${running.url}/wrong-shape`)).status).to.equal(500);
    expect((await ask(`${running.url}/gone`)).status).to.equal(404);
  });

  it('refuses two routes with one id or one address', () => {
    const [first] = routes;
    if (first === undefined) throw new Error('no route');
    expect(() => mountRoutes(apiRouter(), [first, { ...first, path: '/other' }], deps)).to.throw('used twice');
    expect(() => mountRoutes(apiRouter(), [first, { ...first, id: 'x', path: '/things/:name' }], deps)).to.throw('declared twice');
  });
});
