import type { Container } from './container.ts';

export interface HealthReport {
  readonly status: 'ok' | 'degraded' | 'down';
  readonly parts: Record<string, { status: 'ok' | 'degraded' | 'down'; detail?: string; latencyMs?: number }>;
}

const PART_TIMEOUT_MS = 1000;
const CACHED_MS = 2000;
const recent = new WeakMap<object, { at: number; report: Promise<HealthReport> }>();

/** Whether this process can serve: PostgreSQL and storage must answer within a second; the rest may be degraded. Cached for 2 s. */
export function checkHealth(container: Container): Promise<HealthReport> {
  const known = recent.get(container);
  if (known && Date.now() - known.at < CACHED_MS) return known.report;
  const report = look(container);
  recent.set(container, { at: Date.now(), report });
  return report;
}

async function look({ database, storage, searchEngine, media, runner }: Container): Promise<HealthReport> {
  const [db, disk, search, tools, queue] = await Promise.all([
    ask(() => database.describe()),
    ask(() => storage.describe()),
    ask(() => searchEngine.describe()),
    ask(() => media.tools()),
    ask(() => runner.stats()),
  ]);
  const parts: HealthReport['parts'] = {
    database: part(db, 'down'),
    storage: part(disk, 'down'),
    search: part(search, 'degraded'),
    queue: part(queue, 'degraded'),
    media: part(tools, 'degraded'),
  };
  if (tools.value && tools.value.sandbox.mode !== 'namespaces') parts['media'] = { status: 'degraded', detail: tools.value.sandbox.detail };
  const states = Object.values(parts).map((item) => item.status);
  return { status: states.includes('down') ? 'down' : states.includes('degraded') ? 'degraded' : 'ok', parts };
}

async function ask<T>(question: () => Promise<T>): Promise<{ value: T | null; latencyMs: number }> {
  const began = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), PART_TIMEOUT_MS);
  });
  const value = await Promise.race([question().catch(() => null), late]);
  clearTimeout(timer);
  return { value, latencyMs: Math.round(performance.now() - began) };
}

function part(answer: { value: unknown; latencyMs: number }, without: 'down' | 'degraded'): HealthReport['parts'][string] {
  if (answer.value === null) return { status: without, detail: `no answer within ${PART_TIMEOUT_MS} ms` };
  return { status: 'ok', latencyMs: answer.latencyMs };
}
