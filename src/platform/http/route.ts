import type { Request, Response } from 'express';
import type { ZodType } from 'zod';
import type { Ctx, Scope } from '../../context.ts';

/**
 * One declaration per endpoint: it is the contract, the validation, the documentation and what tests
 * walk as nobody. `mountRoutes` (mount.ts) makes Express of it, `src/openapi.ts` makes OpenAPI of it.
 */

export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete' | 'head';

/** Who may call a route. Object rights are checked by the service; this is the first gate and the documentation. */
export type Access =
  | { readonly kind: 'anyone'; readonly why: string }
  | { readonly kind: 'signed_in'; readonly scope: Scope | null; readonly verb: string; readonly on: string };

/** A route open to everybody; `why` stands in the description. */
export const anyone = (why: string): Access => ({ kind: 'anyone', why });

/**
 * A route for a session or an API key.
 * @param scope what a key needs; null = sessions only (a key can never manage keys or people by itself)
 */
export const signedIn = (scope: Scope | null, verb: string, on: string): Access => ({ kind: 'signed_in', scope, verb, on });

export interface Reply {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

export interface RouteInput<P, Q, B> {
  readonly ctx: Ctx;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  readonly req: Request;
  readonly res: Response;
}

export interface RouteDef<P = unknown, Q = unknown, B = unknown> {
  readonly method: Method;
  /** Express path under the API root, e.g. `/assets/:id`. */
  readonly path: string;
  /** Operation id, `assets.get`; unique. */
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  readonly tag: string;
  readonly since: string;
  readonly access: Access;
  readonly params?: ZodType<P>;
  readonly query?: ZodType<Q>;
  readonly body?: ZodType<B>;
  /** Content type of the request body; anything but JSON reaches the handler unparsed. */
  readonly bodyType?: 'application/json' | 'multipart/form-data' | 'application/offset+octet-stream';
  /** Status to schema; null = no body. `binary` and `stream` describe bytes and server-sent events. */
  readonly responses: Readonly<Record<number, ZodType | null | 'binary' | 'stream'>>;
  /** Needs an `If-Match` header with the row version. */
  readonly ifMatch?: boolean;
  /**
   * `none`: an `Idempotency-Key` is ignored, because the answer may not be kept (a secret in it) or the call repeats itself
   * harmlessly. By default every unsafe JSON call of somebody known takes one.
   */
  readonly idempotency?: 'none';
  /** Deadline in ms, default 30 s; null = none (uploads and streams have their own). */
  readonly timeoutMs?: number | null;
  /** Units taken from the caller's rate budget; default 1. */
  readonly cost?: number;
  handle(input: RouteInput<P, Q, B>): Promise<Reply | undefined>;
}

/** Types are inferred from the schemas of the definition. */
export function defineRoute<P = Record<string, never>, Q = Record<string, never>, B = undefined>(
  def: RouteDef<P, Q, B>,
): RouteDef<P, Q, B> {
  return def;
}

// oxlint-disable-next-line typescript/no-explicit-any -- the list of a module's routes mixes input types
export type AnyRoute = RouteDef<any, any, any>;
