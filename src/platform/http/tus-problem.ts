import { conflict, type DamsonError, defineError, invalidRequest, notFound, payloadTooLarge, preconditionFailed } from '../../errors.ts';
import { toDamsonError, toProblem } from './problem.ts';

/** Refusals of the tus protocol as problem documents: those of @tus/server have a status and a sentence, but no code. */

export const checksumMismatch = defineError('checksum_mismatch', 460, 'The checksum of the chunk does not match');
const uploadGone = defineError('upload_gone', 410, 'This upload has expired');

type Made = (detail: string) => DamsonError;
const KINDS: Record<number, Made> = { 404: notFound, 409: conflict, 410: uploadGone, 412: preconditionFailed, 413: payloadTooLarge };

interface ProtocolError {
  readonly status_code: number;
  readonly body: string;
}

function isProtocolError(error: unknown): error is ProtocolError {
  return typeof error === 'object' && error !== null && 'status_code' in error && 'body' in error && typeof error.status_code === 'number';
}

/** The status for what was thrown: our errors by their kind, those of @tus/server by their own; everything else is a defect. */
export function tusStatus(error: unknown): number {
  return isProtocolError(error) ? error.status_code : toDamsonError(error).status;
}

/**
 * The answer to a refused request.
 * @param error what was thrown; null when @tus/server refused the headers before anything else
 * @param said the status that is sent, and what @tus/server says about it
 */
export function tusProblem(
  error: unknown,
  said: { status: number; text: string; requestId: string },
): { body: string; headers: Record<string, string> } {
  const { status } = said;
  const { problem, headers } = toProblem(asDamsonError(error, said), said.requestId);
  // Statuses that tus demands and that no code of ours has, 403 and 501, stand as they are.
  const body = JSON.stringify({ ...problem, status });
  // "If the version specified by the Client is not supported by the Server, it MUST respond with 412 and MUST include Tus-Version."
  const version: Record<string, string> = status === 412 ? { 'Tus-Version': '1.0.0' } : {};
  return { body, headers: { ...headers, ...version, 'Content-Type': 'application/problem+json', 'Cache-Control': 'no-store' } };
}

function asDamsonError(error: unknown, { status, text }: { status: number; text: string }): unknown {
  if (error !== null && !isProtocolError(error)) return error;
  const detail = (error === null ? text : error.body).trim();
  // A failure of the protocol's own machinery tells nobody anything; the defect is in the log.
  if (status === 500) return new Error(detail);
  return (KINDS[status] ?? invalidRequest)(detail);
}
