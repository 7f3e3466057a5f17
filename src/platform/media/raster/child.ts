import sharp from 'sharp';
import { assertFormats, lockLoaders } from './loaders.ts';
import type { Measured } from '../plan.ts';
import type { ChildMessage, RequestMessage, ResumeMessage } from './protocol.ts';
import { RasterError, toRasterError } from './raster-error.ts';
import { handle } from './work.ts';

/**
 * Entry of a raster child: opens user bytes with sharp and nothing else. It has no secrets in its environment and,
 * where namespaces are allowed, no network. It ends with its channel, so no child outlives the server.
 */

function send(message: ChildMessage): void {
  process.send?.(message);
}

/** Takes the server's answer to the one late operation that waits. */
let resumed: ((message: ResumeMessage) => void) | null = null;

async function answer({ id, request }: RequestMessage): Promise<void> {
  const resume = async (rest: unknown, size: Measured) => {
    const reply = new Promise<ResumeMessage>((resolve) => {
      resumed = resolve;
    });
    send({ type: 'late', id, rest, size, rss: process.memoryUsage.rss() });
    const next = (await reply).resume;
    if (next === null) throw new RasterError('refused', 'The rest of the transformation is not possible here.');
    return next;
  };
  try {
    const value = await handle(request, resume);
    send({ type: 'done', id, value, rss: process.memoryUsage.rss() });
  } catch (error) {
    const { reason, message, limit } = toRasterError(error);
    send({ type: 'failed', id, reason, message, limit, rss: process.memoryUsage.rss() });
  }
}

process.on('disconnect', () => process.exit(0));
try {
  assertFormats();
  lockLoaders();
  // One thread per picture: with a child per core, more threads only wait for each other.
  sharp.concurrency(1);
  sharp.cache(false);
  process.on('message', (message: RequestMessage | ResumeMessage) => {
    if ('resume' in message) resumed?.(message);
    else void answer(message);
  });
  send({ type: 'ready', rss: process.memoryUsage.rss() });
} catch (error) {
  send({ type: 'unfit', message: error instanceof Error ? error.message : String(error) });
}
