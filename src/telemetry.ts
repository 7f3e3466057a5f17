import type { Log } from './platform/log.ts';
import type { Metrics } from './platform/metrics.ts';

/** One function per business fact, each a figure and, where a person may ask about it later, a line. Times in ms. */

export interface Telemetry {
  readonly log: Log;
  readonly metrics: Metrics;
}

interface Request {
  readonly requestId: string;
}

/** An upload was acknowledged. */
export function uploaded(
  t: Telemetry,
  ctx: Request,
  fact: { way: 'multipart' | 'tus' | 'direct'; assetId: string; bytes: number; ms: number; duplicate: boolean },
): void {
  t.metrics.uploads.inc({ way: fact.way, outcome: 'stored' });
  t.metrics.uploadBytes.inc(fact.bytes);
  t.metrics.uploadSeconds.observe({ way: fact.way }, fact.ms / 1000);
  t.log.info({ requestId: ctx.requestId, ...fact }, 'uploaded');
}

/** An upload was refused or broke off; `code` is the error's. */
export function uploadEnded(t: Telemetry, ctx: Request, fact: { way: 'multipart' | 'tus' | 'direct'; code: string; bytes: number }): void {
  t.metrics.uploads.inc({ way: fact.way, outcome: fact.code });
  t.log.info({ requestId: ctx.requestId, ...fact }, 'upload ended');
}

/** A file reached a final state. */
export function ingested(
  t: Telemetry,
  ctx: Request,
  fact: { assetId: string; kind: string; mime: string; preview: string; reason: string | null; ms: number },
): void {
  t.metrics.ingested.inc({ kind: fact.kind, outcome: fact.preview });
  t.metrics.ingestSeconds.observe({ kind: fact.kind }, fact.ms / 1000);
  t.log.info({ requestId: ctx.requestId, ...fact }, 'ingested');
}

/** The pipeline gave up on a file. */
export function ingestFailed(t: Telemetry, ctx: Request, fact: { assetId: string; error: Error }): void {
  t.metrics.ingested.inc({ kind: 'unknown', outcome: 'failed' });
  t.log.error({ requestId: ctx.requestId, assetId: fact.assetId, err: fact.error }, 'ingest failed');
}

/** A file that has a preview could not be read again; it keeps what it has. */
export function refreshFailed(t: Telemetry, ctx: Request, fact: { assetId: string; versionId: string; reason: string }): void {
  t.log.warn({ requestId: ctx.requestId, ...fact }, 'a file could not be read again; its pictures stay');
}

/** `hot`: from the table before Express; `served`: everything else. */
export type DeliverySource = 'hot' | 'served';

/** Delivery answered. No line: these are too many. */
export function delivered(t: Telemetry, fact: { status: number; source: DeliverySource; bytes: number }): void {
  t.metrics.delivered.inc({ status: String(fact.status), source: fact.source });
  t.metrics.deliveredBytes.inc(fact.bytes);
}

/** A derivative was made. */
export function rendered(t: Telemetry, fact: { format: string; ms: number }): void {
  t.metrics.renderSeconds.observe({ format: fact.format }, fact.ms / 1000);
}

/** Somebody signed in, or tried to. The account tried is not written: people type passwords into that field. */
export function signedIn(t: Telemetry, ctx: Request, fact: { outcome: 'ok' | 'refused' | 'limited'; userId: string | null }): void {
  t.metrics.signIns.inc({ outcome: fact.outcome });
  t.log.info({ requestId: ctx.requestId, ...fact }, 'sign-in');
}

/** A run of a job ended. What failed has been told by the queue. */
export function jobFinished(
  t: Telemetry,
  fact: { job: string; id: string; attempt: number; ms: number; error?: Error; dead?: boolean },
): void {
  const outcome = fact.error === undefined ? 'done' : fact.dead === true ? 'dead' : 'retry';
  t.metrics.jobs.inc({ job: fact.job, outcome });
  t.metrics.jobSeconds.observe({ job: fact.job }, fact.ms / 1000);
  t.log.debug({ job: fact.job, id: fact.id, attempt: fact.attempt, ms: Math.round(fact.ms), outcome }, 'job finished');
}

export function searched(t: Telemetry, fact: { facets: boolean; ms: number }): void {
  t.metrics.searchSeconds.observe({ facets: fact.facets ? 'yes' : 'no' }, fact.ms / 1000);
}

/** An asset became public or stopped being so. */
export function publicationChanged(t: Telemetry, ctx: Request, fact: { assetId: string; published: boolean }): void {
  t.log.info({ requestId: ctx.requestId, ...fact }, 'publication changed');
}
