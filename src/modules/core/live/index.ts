import type { AnyRoute } from '../../../platform/http/route.ts';
import { liveRoutes } from './live.routes.ts';
import { type LiveDeps, LiveService } from './live.service.ts';

export { liveRoutes };
export type { LiveTarget } from './live.service.ts';

export interface Live {
  /** Listens; call once in a process that serves browsers. */
  start: LiveService['start'];
  /** Announces a change; in `ctx.trx` it is heard only on commit. */
  publish: LiveService['publish'];
  subscribe: LiveService['subscribe'];
  readonly routes: AnyRoute[];
}

export function createLive(deps: LiveDeps): Live {
  const service = new LiveService(deps);
  return {
    start: () => service.start(),
    publish: (ctx, event, data, target) => service.publish(ctx, event, data, target),
    subscribe: (ctx, send, end) => service.subscribe(ctx, send, end),
    routes: liveRoutes(service),
  };
}
