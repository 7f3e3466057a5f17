import type { Request } from 'express';
import { invalidRequest } from '../../errors.ts';
import type { AnyRoute } from './route.ts';

/** Says that an answer was kept from an earlier call with the same key. */
export const REPLAYED = 'Idempotency-Replayed';

/** Whether the route keeps its answers: unsafe calls with JSON by somebody known. Uploads have a way of their own. */
export function takesKey(route: AnyRoute): boolean {
  return (
    route.idempotency !== 'none' &&
    route.access.kind === 'signed_in' &&
    (route.method === 'post' || route.method === 'put' || route.method === 'patch' || route.method === 'delete') &&
    (route.bodyType ?? 'application/json') === 'application/json'
  );
}

/**
 * The `Idempotency-Key` of a request, null when it has none or the route takes none.
 * @throws invalid_request when it is not 1 to 200 visible ASCII characters
 */
export function idempotencyKey(req: Request, route: AnyRoute): string | null {
  const key = takesKey(route) ? req.get('Idempotency-Key') : undefined;
  if (key === undefined) return null;
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) throw invalidRequest('Idempotency-Key takes 1 to 200 visible ASCII characters.');
  return key;
}
