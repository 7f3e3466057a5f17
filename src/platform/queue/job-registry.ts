import { type JobDef, QUEUES, type QueueName } from './queue.ts';

export type AnyJob = JobDef<unknown>;

export const DEFAULT_ATTEMPTS = 5;
export const DEFAULT_TIMEOUT_MS = 600_000;
const DEFAULT_PRIORITY = 10;

/** All jobs a process knows, by name. */
export class JobRegistry {
  readonly #jobs = new Map<string, AnyJob>();

  /** @throws for a job without handler, a second job of one name, an unknown queue, two kinds of schedule, bad limits. */
  add(job: AnyJob): void {
    const refuse = (why: string): never => {
      throw new Error(`job ${job.name}: ${why}`);
    };
    if (typeof job.handle !== 'function') refuse('has no handler');
    if (this.#jobs.has(job.name)) refuse('is registered twice');
    if (!QUEUES.includes(job.queue)) refuse(`unknown queue ${String(job.queue)}`);
    if (job.every !== undefined && job.cron !== undefined) refuse('has both every and cron');
    if (job.every !== undefined && !(job.every > 0)) refuse('every must be a positive number of ms');
    if (job.attempts !== undefined && !(Number.isInteger(job.attempts) && job.attempts >= 1)) refuse('attempts must be 1 or more');
    if (job.timeoutMs !== undefined && !(job.timeoutMs > 0)) refuse('timeoutMs must be positive');
    this.#jobs.set(job.name, job);
  }

  get(name: string): AnyJob | undefined {
    return this.#jobs.get(name);
  }

  names(): string[] {
    return [...this.#jobs.keys()];
  }

  scheduledOn(queue: QueueName): AnyJob[] {
    return [...this.#jobs.values()].filter((job) => job.queue === queue && (job.every !== undefined || job.cron !== undefined));
  }
}

export const attemptsOf = (job: AnyJob): number => job.attempts ?? DEFAULT_ATTEMPTS;
export const timeoutOf = (job: AnyJob): number => job.timeoutMs ?? DEFAULT_TIMEOUT_MS;

/** How urgent a job is: by itself or by its kind. A payload that cannot be read is the handler's to refuse. */
export function priorityFor(job: AnyJob, payload: unknown): number {
  const usual = job.priority ?? DEFAULT_PRIORITY;
  if (!job.priorityOf) return usual;
  const read = job.payload.safeParse(payload);
  return read.success ? Math.max(1, Math.round(job.priorityOf(read.data))) : usual;
}
