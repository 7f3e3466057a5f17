import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import type { ZodType } from 'zod';
import type { Ctx } from '../../context.ts';
import { invalidRequest, methodNotAllowed } from '../../errors.ts';
import { checkAccess } from './access.ts';
import { deadlineExceeded, watchUploadRate } from './deadline.ts';
import { idempotencyKey, REPLAYED } from './idempotency-key.ts';
import { ifMatchVersion } from './if-match.ts';
import { readJson } from './json-body.ts';
import { checkReply, sendReply } from './reply.ts';
import { noteRoute } from './request-id.ts';
import type { AnyRoute, Reply } from './route.ts';
import { inOrder } from './route-order.ts';

/** Makes Express of route declarations: gate, validation, deadline, handler, answer - in this order for every route. */

export interface MountDeps {
  /** Who calls; throws `unauthorized` for a credential that is wrong. No credential is an anonymous context. */
  contextOf(req: Request): Ctx | Promise<Ctx>;
  /** Takes `cost` units from the caller's budget; throws `too_many_requests`. */
  limit?(ctx: Ctx, req: Request, cost: number): Promise<void>;
  /** Does the work of a keyed call, or finds the answer it had (`core/idempotency`). Absent: keys are ignored. */
  once?(
    ctx: Ctx,
    call: { key: string; route: string; input: unknown },
    work: (ctx: Ctx) => Promise<Reply | undefined>,
  ): Promise<{ reply: Reply | undefined; replayed: boolean }>;
  /** Default 1 MB. */
  readonly bodyLimitBytes?: number;
  /** Slowest upload that is served; 0 or absent = any. */
  readonly uploadMinBytesPerSecond?: number;
  /** Compares every answer with the declared schema and fails when it differs: for tests. */
  readonly checkResponses?: boolean;
}

const DEADLINE_MS = 30_000;
const BODY_LIMIT = 1_000_000;
const RATE_WINDOW_MS = 30_000;

/**
 * Mounts all routes of an API. Call it once with every module's routes: it puts fixed paths before parameters and
 * answers other methods of a known path with 405.
 * @throws Error when two routes share an id, or method and path
 */
export function mountRoutes(router: Router, routes: readonly AnyRoute[], deps: MountDeps): void {
  const ordered = inOrder(routes);
  for (const route of ordered) router[route.method](route.path, serve(route, deps));
  const paths = new Set(ordered.map((route) => route.path));
  for (const path of paths) router.all(path, refuseMethod(ordered.filter((route) => route.path === path)));
}

function serve(route: AnyRoute, deps: MountDeps): RequestHandler {
  return async (req, res) => {
    noteRoute(res, route.id);
    const caller = await deps.contextOf(req);
    checkAccess(route.access, caller);
    await deps.limit?.(caller, req, route.cost ?? 1);
    const params: unknown = parse(route.params, req.params, 'path') ?? req.params;
    const query: unknown = parse(route.query, { ...req.query }, 'query') ?? {};
    if (route.ifMatch === true) ifMatchVersion(req);
    const isJson = (route.bodyType ?? 'application/json') === 'application/json';
    const body: unknown =
      route.body !== undefined && isJson ? parse(route.body, await readJson(req, deps.bodyLimitBytes ?? BODY_LIMIT), 'body') : undefined;
    if (!isJson) watchUploadRate(req, res, { bytesPerSecond: deps.uploadMinBytesPerSecond ?? 0, windowMs: RATE_WINDOW_MS });
    const key = idempotencyKey(req, route);
    await withDeadline(req, res, route, async (signal) => {
      const work = (ctx: Ctx) => route.handle({ ctx, params, query, body, req, res });
      const ctx = { ...caller, signal };
      const { reply, replayed } =
        key === null || deps.once === undefined
          ? { reply: await work(ctx), replayed: false }
          : await deps.once(ctx, { key, route: route.id, input: { params, query, body } }, work);
      if (replayed) res.setHeader(REPLAYED, 'true');
      if (signal.aborted) return; // the deadline has answered, or nobody listens
      if (deps.checkResponses === true) checkReply(route, reply, res);
      sendReply(route, reply, req, res);
    });
  };
}

/**
 * Runs the handler with a signal that aborts at the route's deadline (answered with 503 at once) and, for reads, when
 * the client has left. Writes go on: their caller may be gone, what was begun is finished or rolled back.
 */
async function withDeadline(req: Request, res: Response, route: AnyRoute, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const abort = new AbortController();
  if (route.method === 'get' || route.method === 'head') {
    res.once('close', () => {
      if (!res.writableFinished) abort.abort(new Error('the client left'));
    });
  }
  const timeoutMs = route.timeoutMs === undefined ? DEADLINE_MS : route.timeoutMs;
  if (timeoutMs === null) return work(abort.signal);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const error = deadlineExceeded({ detail: `The answer was not ready within ${timeoutMs / 1000} s.`, headers: { 'Retry-After': '5' } });
      abort.abort(error);
      reject(error);
    }, timeoutMs);
  });
  try {
    await Promise.race([work(abort.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}

function parse(schema: ZodType | undefined, value: unknown, where: 'path' | 'query' | 'body'): unknown {
  if (schema === undefined) return undefined;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const errors = result.error.issues.slice(0, 50).map((issue) => ({ path: [where, ...issue.path].join('.'), message: issue.message }));
  throw invalidRequest({
    detail: errors
      .map(({ path, message }) => `${path}: ${message}`)
      .join('; ')
      .slice(0, 1000),
    extra: { errors },
  });
}

function refuseMethod(routes: readonly AnyRoute[]): RequestHandler {
  const allowed = new Set(routes.map((route) => route.method.toUpperCase()));
  if (allowed.has('GET')) allowed.add('HEAD');
  allowed.add('OPTIONS');
  const allow = [...allowed].sort().join(', ');
  return (req, res) => {
    if (req.method !== 'OPTIONS') throw methodNotAllowed({ detail: `This address takes ${allow}.`, headers: { Allow: allow } });
    res.setHeader('Allow', allow);
    res.status(204).end();
  };
}

/** A router that distinguishes case and knows no trailing slash, as addresses in the contract do. */
export function apiRouter(): Router {
  return express.Router({ caseSensitive: true, strict: false, mergeParams: false });
}
