import { childEntry } from './environment.ts';
import { type JobResult, runJob } from './job.ts';
import { decodeFailed, type MediaOptions } from './media.ts';
import { refusal } from './raster-child.ts';
import type { RiskyAnswer, RiskyRequest } from './risky/protocol.ts';
import type { JobRoom, Sandbox } from './sandbox.ts';

const GIB = 2 ** 30;
/** CPU seconds and address space per decoder; wall clock is the caller's. */
const LIMITS: Record<RiskyRequest['decoder'], { cpuSeconds: number; addressSpace: number }> = {
  svg: { cpuSeconds: 5, addressSpace: 3 * GIB },
  vector: { cpuSeconds: 5, addressSpace: 3 * GIB },
  pdf: { cpuSeconds: 20, addressSpace: 6 * GIB },
  heic: { cpuSeconds: 30, addressSpace: 6 * GIB },
  psd: { cpuSeconds: 30, addressSpace: 8 * GIB },
  raster: { cpuSeconds: 120, addressSpace: 12 * GIB },
};
const MOST_OUTPUT = 256 * 2 ** 20;

function answerOf(result: JobResult, cpuSeconds: number): Extract<RiskyAnswer, { ok: true }> {
  // Whoever says nothing and lasted long enough to use up its CPU time on two cores was killed for it; unshare does not pass the signal on reliably.
  const usedUp = result.stdout.length === 0 && result.elapsedMs > cpuSeconds * 450;
  if (result.timedOut || usedUp) {
    throw refusal('timeout', 'Decoding took too long and was stopped.');
  }
  let answer: RiskyAnswer;
  try {
    answer = JSON.parse(result.stdout.toString('utf8'));
  } catch (cause) {
    throw decodeFailed({ detail: 'The decoder stopped on this file.', extra: { reason: 'damaged' }, cause });
  }
  if (!answer.ok) throw refusal(answer.reason, answer.message);
  return answer;
}

/** One file, one process, one answer; the still (if asked for) lies in the room. Throws `decode_failed` or `limit_exceeded`. */
export async function runRisky(sandbox: Sandbox, room: JobRoom, request: RiskyRequest, options: MediaOptions) {
  const { path, execArgv } = childEntry('risky/child');
  const command = [process.execPath, ...execArgv, path, JSON.stringify(request)];
  const limits = { ...LIMITS[request.decoder], fileSize: MOST_OUTPUT, openFiles: 256 };
  return answerOf(await runJob(sandbox, room, command, { limits, ...options }), limits.cpuSeconds);
}
