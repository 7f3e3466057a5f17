import express, { type Express, type Request } from 'express';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Container } from './container.ts';
import { ANONYMOUS, type Ctx, systemClock } from './context.ts';
import { docsPage } from './docs-page.ts';
import { buildOpenApi } from './openapi.ts';
import { cors } from './platform/http/cors.ts';
import { refuseForeignOrigins } from './platform/http/csrf.ts';
import { answerMetrics, measureRequest } from './platform/http/metrics-endpoint.ts';
import { mountRoutes } from './platform/http/mount.ts';
import { notFoundHandler, problemHandler } from './platform/http/problem.ts';
import { limitRequest } from './platform/http/rate-limit.ts';
import { requestIdOf, requestIds } from './platform/http/request-id.ts';
import { securityHeaders } from './platform/http/security-headers.ts';
import { checkHealth } from './health.ts';

export interface AppOptions {
  /** Folder of the built web app; null serves the API alone. */
  readonly webDir: string | null;
  /** Compare answers with their schemas: tests. */
  readonly checkResponses?: boolean;
}

/** Express, in the order a request passes: delivery first (no cookies, no parsers), then sign-in, the API, the web app. */
export function createApp(container: Container, options: AppOptions): Express {
  const { config, log, identity } = container;
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('trust proxy', config.http.trustProxy);
  app.use(requestIds());
  app.use((req, res, next) => {
    measureRequest(container.metrics, req, res);
    next();
  });

  container.delivery.mount(app);

  app.use(securityHeaders({ https: config.http.publicUrl.startsWith('https:') }));
  health(app, container);
  const origins = () => [config.http.publicUrl, ...config.http.corsOrigins];
  app.use(refuseForeignOrigins({ origins }));
  if (config.http.corsOrigins.length > 0) app.use('/api', cors(config.http.corsOrigins));
  app.all('/api/auth/{*any}', (req, res) => identity.authHandler(req, res));
  app.get('/sign-in/link', (req, res) => identity.signInLinkHandler(req, res));

  const openApi = once(() => {
    const document = buildOpenApi(config.http.publicUrl);
    return { json: JSON.stringify(document), page: docsPage(document) };
  });
  const { limiter } = container;
  const api = express.Router();
  api.options('/uploads{/*rest}', (req, res) => {
    req.url = req.originalUrl;
    return container.tus(anonymous(req), req, res);
  });
  api.get('/openapi.json', (_req, res) => {
    res.set('Cache-Control', 'no-cache').type('json').send(openApi().json);
  });
  mountRoutes(api, container.routes, {
    contextOf: async (req) => {
      const { actor, workspaceId, setCookies } = await identity.resolveActor(req.headers).catch(async (error: unknown) => {
        // Wrong credentials cost a look into the database each: strangers get as many of those as of other calls.
        await limitRequest(limiter, anonymous(req), req.ip, 1);
        throw error;
      });
      for (const cookie of setCookies) req.res?.append('Set-Cookie', cookie);
      return { ...anonymous(req), actor, workspaceId };
    },
    once: container.idempotency.once,
    limit: (ctx, req, cost) => limitRequest(limiter, ctx, req.ip, cost),
    uploadMinBytesPerSecond: config.limits.uploadMinBytesPerSecond,
    checkResponses: options.checkResponses,
  });
  app.use('/api/v1', (_req, res, next) => {
    res.set('Cache-Control', 'no-store');
    next();
  });
  app.use('/api/v1', api);
  app.get('/api/docs', (_req, res) => {
    res.type('html').send(openApi().page);
  });
  app.use('/api', notFoundHandler());
  web(app, options.webDir);
  app.use(notFoundHandler());
  app.use(problemHandler(log));
  return app;
}

/** What a process without the web role answers on its health port, and nothing else. */
export function createHealthApp(container: Container): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(requestIds());
  app.use(securityHeaders({ https: false }));
  health(app, container);
  app.use(notFoundHandler());
  app.use(problemHandler(container.log));
  return app;
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function anonymous(req: Request): Ctx {
  return { actor: ANONYMOUS, workspaceId: '', requestId: requestIdOf(req), signal: new AbortController().signal, clock: systemClock };
}

function health(app: Express, container: Container): void {
  app.get('/health/live', (_req, res) => void res.set('Cache-Control', 'no-store').json({ status: 'ok' }));
  app.get('/health/ready', async (_req, res) => {
    const report = await checkHealth(container);
    res
      .status(report.status === 'down' ? 503 : 200)
      .set('Cache-Control', 'no-store')
      .json(report);
  });
  app.get('/metrics', (req, res) => answerMetrics(req, res, container.metrics, container.config.metricsToken?.reveal() ?? null));
}

/** The built app: hashed assets for ever, every other path is the app's own router's. */
function web(app: Express, dir: string | null): void {
  if (dir === null || !existsSync(join(dir, 'index.html'))) return;
  app.use('/static', express.static(join(dir, 'static'), { immutable: true, maxAge: '365d', fallthrough: false }));
  app.use(express.static(dir, { index: false, maxAge: '1h' }));
  app.get('/{*path}', (req, res, next) => {
    if (req.path.startsWith('/cdn') || req.path.startsWith('/api')) return next();
    res.set('Cache-Control', 'no-cache').sendFile(join(dir, 'index.html'));
  });
}
