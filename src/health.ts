import type { Container } from './container.ts';
import { DamsonError } from './errors.ts';
import type { QueueName } from './platform/queue/queue.ts';

export interface HealthReport {
  readonly status: 'ok' | 'degraded' | 'down';
  readonly parts: Record<string, PartReport>;
}

interface PartReport {
  readonly status: 'ok' | 'degraded' | 'down';
  readonly detail?: string;
  readonly latencyMs?: number;
}

const PART_TIMEOUT_MS = 1000;
const CACHED_MS = 2000;
const recent = new WeakMap<object, { at: number; report: Promise<HealthReport> }>();

type Parts = Pick<Container, 'database' | 'storage' | 'searchEngine' | 'media' | 'runner'>;

/**
 * Whether this process can do its work: PostgreSQL and storage must answer within a second, or it is down; without the rest it is degraded, for
 * uploads wait in the outbox and pictures are delivered all the same. Cached for 2 s.
 * @param queues of a process that only works jobs: it is asked about what these need
 */
export function checkHealth(container: Parts, queues?: readonly QueueName[]): Promise<HealthReport> {
  const known = recent.get(container);
  if (known && Date.now() - known.at < CACHED_MS) return known.report;
  const report = look(container, queues);
  recent.set(container, { at: Date.now(), report });
  return report;
}

async function look(container: Parts, queues?: readonly QueueName[]): Promise<HealthReport> {
  const { database, storage, searchEngine, media, runner } = container;
  const needs = (queue: QueueName) => queues === undefined || queues.includes(queue);
  const asked: Record<string, Promise<PartReport>> = {
    database: part(() => database.describe(), 'down'),
    storage: part(() => storage.describe(), 'down'),
    ...(needs('search') ? { search: part(() => searchEngine.describe(), 'degraded') } : {}),
    queue: part(
      () => runner.describe(),
      'degraded',
      ({ problems }) => problems[0],
    ),
    ...(needs('media')
      ? {
          media: part(
            () => media.tools(),
            'degraded',
            ({ sandbox }) => (sandbox.mode === 'namespaces' ? undefined : sandbox.detail),
          ),
        }
      : {}),
  };
  const parts = Object.fromEntries(await Promise.all(Object.entries(asked).map(async ([name, report]) => [name, await report] as const)));
  const states = Object.values(parts).map((each) => each.status);
  return { status: states.includes('down') ? 'down' : states.includes('degraded') ? 'degraded' : 'ok', parts };
}

/** @param complaint what is wrong with a part that did answer */
async function part<T>(
  question: () => Promise<T>,
  without: 'down' | 'degraded',
  complaint: (answer: T) => string | undefined = () => undefined,
): Promise<PartReport> {
  const began = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<PartReport>((resolve) => {
    timer = setTimeout(() => resolve({ status: without, detail: `no answer within ${PART_TIMEOUT_MS} ms` }), PART_TIMEOUT_MS);
  });
  const answered = question().then(
    (answer): PartReport => {
      const detail = complaint(answer);
      const latencyMs = Math.round(performance.now() - began);
      return detail === undefined ? { status: 'ok', latencyMs } : { status: 'degraded', detail, latencyMs };
    },
    // Anybody may ask: only what was written for people is told.
    (error: unknown): PartReport => ({ status: without, detail: (error instanceof DamsonError && error.detail) || 'it does not answer' }),
  );
  const report = await Promise.race([answered, late]);
  clearTimeout(timer);
  return report;
}
