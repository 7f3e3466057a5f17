import type { IncomingMessage, ServerResponse } from 'node:http';
import { defineError } from '../../errors.ts';
import { sendProblem } from './problem.ts';

export const tooSlow = defineError('too_slow', 408, 'The upload was too slow');
export const deadlineExceeded = defineError('deadline_exceeded', 503, 'This took too long');

const CHECKS_PER_WINDOW = 3;

export interface RateRule {
  /** 0 = no limit. */
  readonly bytesPerSecond: number;
  /** Over how long the rate is measured, ms. */
  readonly windowMs: number;
}

/**
 * Ends an upload that sends less than the minimum rate over a whole window: 408, then the body is destroyed with
 * `too_slow`. It looks at the socket from time to time and touches no chunk. A body that waits for us (its buffer
 * is full, or nobody reads yet) is not the client's fault and counts as fast.
 * @returns stops the watch; it stops by itself when the body has arrived or the connection closes
 */
export function watchUploadRate(req: IncomingMessage, res: ServerResponse, rule: RateRule): () => void {
  if (rule.bytesPerSecond <= 0) return () => undefined;
  const stepMs = rule.windowMs / CHECKS_PER_WINDOW;
  const needed = (rule.bytesPerSecond * rule.windowMs) / 1000;
  const seen: number[] = [req.socket.bytesRead];
  const timer = setInterval(() => {
    if (req.complete || req.destroyed) return stop();
    if (req.readableLength >= req.readableHighWaterMark || req.isPaused()) {
      seen.length = 0;
    }
    seen.push(req.socket.bytesRead);
    if (seen.length > CHECKS_PER_WINDOW + 1) seen.shift();
    const [oldest = 0] = seen;
    if (seen.length <= CHECKS_PER_WINDOW || req.socket.bytesRead - oldest >= needed) return;
    stop();
    refuse(req, res, rule);
  }, stepMs);
  timer.unref();
  const stop = (): void => clearInterval(timer);
  res.once('close', stop);
  return stop;
}

function refuse(req: IncomingMessage, res: ServerResponse, rule: RateRule): void {
  const error = tooSlow({
    detail: `Less than ${rule.bytesPerSecond} bytes per second arrived. What was stored can be resumed.`,
    headers: { Connection: 'close' },
  });
  const end = (): void => void req.destroy(error);
  if (res.headersSent) return end();
  res.once('finish', end);
  res.once('close', end);
  sendProblem(req, res, error);
}
