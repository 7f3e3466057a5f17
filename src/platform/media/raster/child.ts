import sharp from 'sharp';
import { assertFormats, lockLoaders } from './loaders.ts';
import type { ChildMessage, RequestMessage } from './protocol.ts';
import { toRasterError } from './raster-error.ts';
import { handle } from './work.ts';

/**
 * Entry of a raster child: opens user bytes with sharp and nothing else. It has no secrets in its environment and,
 * where namespaces are allowed, no network. It ends with its channel, so no child outlives the server.
 */

function send(message: ChildMessage): void {
  process.send?.(message);
}

async function answer({ id, request }: RequestMessage): Promise<void> {
  try {
    const value = await handle(request);
    send({ type: 'done', id, value, rss: process.memoryUsage.rss() });
  } catch (error) {
    const { reason, message } = toRasterError(error);
    send({ type: 'failed', id, reason, message, rss: process.memoryUsage.rss() });
  }
}

process.on('disconnect', () => process.exit(0));
try {
  assertFormats();
  lockLoaders();
  // One thread per picture: with a child per core, more threads only wait for each other.
  sharp.concurrency(1);
  sharp.cache(false);
  process.on('message', (message: RequestMessage) => void answer(message));
  send({ type: 'ready', rss: process.memoryUsage.rss() });
} catch (error) {
  send({ type: 'unfit', message: error instanceof Error ? error.message : String(error) });
}
