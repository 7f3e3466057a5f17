import { createMetrics } from '../../src/platform/metrics.ts';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { ANONYMOUS, type Ctx, systemClock, systemContext } from '../../src/context.ts';
import { createAuditLog } from '../../src/modules/core/audit-log/index.ts';
import { createIdentity, type IdentityOptions } from '../../src/modules/core/identity/index.ts';
import { createJobs } from '../../src/modules/core/jobs/index.ts';
import { createLive } from '../../src/modules/core/live/index.ts';
import { createPermissions } from '../../src/modules/core/permissions/index.ts';
import { freePort } from '../../src/platform/free-port.ts';
import { mountRoutes } from '../../src/platform/http/mount.ts';
import { problemHandler } from '../../src/platform/http/problem.ts';
import { closeEventStreams } from '../../src/platform/http/sse.ts';
import { silentLog } from '../../src/platform/log.ts';
import { createJobRunner } from '../../src/platform/queue/bullmq.ts';
import { OutboxQueue } from '../../src/platform/queue/outbox.ts';
import { openTestDatabase } from './database.ts';

/** The core modules alone behind a small server, without the library: what their own tests talk to. */
export async function startCore(options: Partial<IdentityOptions> = {}) {
  const { database, drop } = await openTestDatabase();
  const { dataSource, transactions, notifications } = database;
  const port = await freePort('127.0.0.1');
  const url = `http://127.0.0.1:${port}`;
  const log = silentLog;
  const audit = createAuditLog({ dataSource });
  const makeIdentity = (over: Partial<IdentityOptions> = {}) => {
    const permissions = createPermissions({ dataSource, transactions, notifications, audit });
    return createIdentity({
      ...{ dataSource, databaseUrl: database.url, transactions, notifications, audit, permissions, log },
      telemetry: { log, metrics: createMetrics({ process: false }) },
      publicUrl: url,
      corsOrigins: [],
      appSecret: 'a test secret of more than thirty-two characters',
      rateLimit: true,
      uploadMaxBytes: 1_000_000,
      ...options,
      ...over,
    });
  };
  const permissions = createPermissions({ dataSource, transactions, notifications, audit });
  const identity = makeIdentity({ permissions });
  const actorOf = identity.principals.actorOf.bind(identity.principals);
  const live = createLive({ notifications, permissions, log, actorOf });
  const queue = new OutboxQueue(database.sql);
  const makeJobs = () => createJobs({ dataSource, transactions, queue, live, audit, log, actorOf });
  const jobs = makeJobs();
  const runner = createJobRunner({
    database,
    backend: { kind: 'postgres', url: database.url },
    makeCtx: (workspaceId, signal) => systemContext(workspaceId, { signal }),
    log,
    pollMs: 100,
    lockDurationMs: 2000,
    stalledIntervalMs: 1000,
  });
  await permissions.start();
  await live.start();
  await identity.start();

  const app = express();
  app.all('/api/auth/{*any}', (req, res) => identity.authHandler(req, res));
  app.get('/sign-in/link', (req, res) => identity.signInLinkHandler(req, res));
  const api = express.Router();
  mountRoutes(api, [...identity.routes, ...audit.routes, ...jobs.routes, ...live.routes], {
    contextOf: async (req): Promise<Ctx> => {
      const { actor, workspaceId, setCookies } = await identity.resolveActor(req.headers);
      for (const cookie of setCookies) req.res?.append('set-cookie', cookie);
      return { actor: actor ?? ANONYMOUS, workspaceId, requestId: 'test', signal: new AbortController().signal, clock: systemClock };
    },
    checkResponses: true,
  });
  app.use('/api/v1', api);
  app.use(problemHandler(log));
  const server = app.listen(port, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  if ((server.address() as AddressInfo).port !== port) throw new Error('listening elsewhere');

  return {
    ...{ url, database, audit, permissions, identity, jobs, makeJobs, makeIdentity, live, queue, runner },
    /** `{status, body, headers}` of a JSON call; `auth` is a cookie or an API key. */
    async call(method: string, path: string, options: { auth?: string; body?: unknown; headers?: Record<string, string> } = {}) {
      const { auth } = options;
      const credential: Record<string, string> =
        auth === undefined ? {} : auth.startsWith('dmsn_') ? { authorization: `Bearer ${auth}` } : { cookie: auth };
      const response = await fetch(`${url}${path}`, {
        method,
        redirect: 'manual',
        headers: {
          ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
          origin: url,
          ...credential,
          ...options.headers,
        },
        ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      });
      const text = await response.text();
      const body = (text.startsWith('{') ? JSON.parse(text) : {}) as Record<string, any>;
      return { status: response.status, body, headers: response.headers };
    },
    async close() {
      closeEventStreams();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await runner.close(1000);
      await identity.close();
      await drop();
    },
  };
}

export type Core = Awaited<ReturnType<typeof startCore>>;

/** `name=value` of the cookies an answer sets. */
export function cookieOf(headers: Headers): string {
  return headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}
