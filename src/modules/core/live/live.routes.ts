import { type AnyRoute, defineRoute, signedIn } from '../../../platform/http/route.ts';
import { openEventStream } from '../../../platform/http/sse.ts';
import type { LiveService } from './live.service.ts';

/** A stream ends after this long and the browser comes back: so a session that has ended does not go on listening. */
const MAX_STREAM_MS = 10 * 60_000;

export function liveRoutes(live: LiveService): AnyRoute[] {
  return [
    defineRoute({
      method: 'get',
      path: '/stream',
      id: 'stream.open',
      summary: 'What changes, as server-sent events',
      description:
        'Only what the caller may list. `live.ready` comes first and after each return of the browser; after it and after `live.resync` read again what is on the screen.',
      tag: 'Live',
      since: '0.1.0',
      access: signedIn('assets:read', 'list', 'workspace'),
      timeoutMs: null,
      responses: { 200: 'stream' },
      handle: async ({ ctx, req, res }) => {
        const stream = openEventStream(req, res);
        const stop = live.subscribe(
          ctx,
          (event, data) => void stream.send(event, data),
          () => stream.close(),
        );
        stream.send('live.ready', {});
        const timer = setTimeout(() => stream.close(), MAX_STREAM_MS);
        timer.unref();
        await stream.closed;
        clearTimeout(timer);
        stop();
        return undefined;
      },
    }),
  ];
}
