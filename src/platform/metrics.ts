import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** Figures for Prometheus. Labels are few and fixed (operation ids, outcomes), never addresses or names. */

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

function instruments(registry: Registry) {
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Counter({ name: `damson_${name}`, help, labelNames, registers });
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Gauge({ name: `damson_${name}`, help, labelNames, registers });
  const histogram = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Histogram({ name: `damson_${name}`, help, labelNames, buckets: SECONDS, registers });
  return {
    httpSeconds: histogram('http_request_duration_seconds', 'Time to the end of an answer, by operation.', ['route', 'method', 'status']),
    httpRunning: gauge('http_requests_running', 'Requests being answered.'),
    uploads: counter('uploads_total', 'Uploads by way and outcome.', ['way', 'outcome']),
    uploadBytes: counter('upload_bytes_total', 'Bytes of acknowledged uploads.'),
    uploadSeconds: histogram('upload_duration_seconds', 'Time from the first byte to the acknowledgement.', ['way']),
    ingested: counter('ingested_total', 'Files that reached a final state.', ['kind', 'outcome']),
    ingestSeconds: histogram('ingest_duration_seconds', 'Working time of an ingest.', ['kind']),
    delivered: counter('delivered_total', 'Delivery answers by status and where the bytes came from.', ['status', 'source']),
    deliveredBytes: counter('delivered_bytes_total', 'Bytes sent by delivery.'),
    renderSeconds: histogram('render_duration_seconds', 'Time to make a derivative, waiting included.', ['format']),
    signIns: counter('sign_ins_total', 'Sign-in attempts.', ['outcome']),
    jobs: counter('jobs_total', 'Runs of background jobs.', ['job', 'outcome']),
    jobSeconds: histogram('job_duration_seconds', 'Working time of background jobs.', ['job']),
    searchSeconds: histogram('search_duration_seconds', 'Time of a search.', ['facets']),
    queue: gauge('queue_jobs', 'Jobs by queue and state.', ['queue', 'state']),
    outboxPending: gauge('outbox_pending', 'Outbox rows not yet done.'),
    outboxOldestSeconds: gauge('outbox_oldest_seconds', 'Age of the oldest outbox row not yet done.'),
    hotCacheBytes: gauge('hot_cache_bytes', 'Memory held by hot derivatives.'),
    storageFreeBytes: gauge('storage_free_bytes', 'Free space of the local storage.'),
    partUp: gauge('part_up', 'Whether a part of the service answers (1) or not (0).', ['part']),
  };
}

export interface Metrics extends ReturnType<typeof instruments> {
  /** Called before each reading, to set gauges; one that fails is left out. */
  onCollect(read: () => Promise<void>): void;
  /** Prometheus text. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** @param options.process also memory, CPU, event loop delay and garbage collection of this process; default true */
export function createMetrics(options: { process?: boolean } = {}): Metrics {
  const registry = new Registry();
  if (options.process !== false) collectDefaultMetrics({ register: registry });
  const readers: (() => Promise<void>)[] = [];
  return {
    ...instruments(registry),
    onCollect: (read) => void readers.push(read),
    text: async () => {
      await Promise.allSettled(readers.map((read) => read()));
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
}
