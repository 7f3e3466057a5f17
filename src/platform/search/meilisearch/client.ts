import type { EnqueuedTask, Meilisearch, Task } from 'meilisearch';
import { isError, unavailable } from '../../../errors.ts';
import type { Log } from '../../log.ts';

/** Talking to Meilisearch: bounded waits, tasks that are waited for, and errors that say what they mean. */

export interface MeiliOptions {
  readonly url: string;
  /** Master key or an API key with all rights; null = a server without keys. */
  readonly masterKey: string | null;
  readonly log: Log;
  /** Longest wait for the answer to a search, ms; default 2000. */
  readonly queryTimeoutMs?: number;
  /** Longest wait for the answer to any other request, ms; default 30,000. */
  readonly requestTimeoutMs?: number;
  /** Longest wait for one task, ms; default 120,000: an index job may take five minutes. */
  readonly taskTimeoutMs?: number;
}

/** Seconds until a client should ask again. */
export const RETRY_AFTER = '5';
/** Waits between looks at a task: short ones first, most tasks of a few documents take about 20 ms. */
const POLL_MS = [4, 6, 10, 15, 25, 40, 60] as const;
const LAST_POLL_MS = 100;

/**
 * Answers as they are. Meilisearch sends a packed one in several small pieces and waits for the acknowledgement of each, which the system delays:
 * 45 ms more for every request.
 */
const UNPACKED = { headers: { 'Accept-Encoding': 'identity' } };

/** Client for searches, and one for the rest, which may take longer. The package is loaded at first use. */
export class Meili {
  readonly #options: MeiliOptions;
  #clients: Promise<{ query: Meilisearch; rest: Meilisearch }> | undefined;

  constructor(options: MeiliOptions) {
    this.#options = options;
  }

  /**
   * A request that must not keep a person waiting; safe to send twice.
   * @throws 503 `unavailable` when the server does not answer (in time)
   */
  async query<T>(work: (client: Meilisearch) => Promise<T>): Promise<T> {
    const { query } = await this.#open();
    // A connection kept open from before a restart of the server fails at once; a new one may not.
    return work(query)
      .catch((error: unknown) => (isClosedConnection(error) ? work(query) : Promise.reject(error)))
      .catch(this.#explain);
  }

  /** Any other request. @throws 503 `unavailable` when the server does not answer (in time) */
  async request<T>(work: (client: Meilisearch) => Promise<T>): Promise<T> {
    const { rest } = await this.#open();
    return work(rest).catch(this.#explain);
  }

  /**
   * Sends a write and waits until it has been done.
   * @throws `MeiliTaskError` with the server's message when the task failed; 503 `unavailable` when it takes too long
   */
  async write(work: (client: Meilisearch) => Promise<EnqueuedTask>): Promise<void> {
    const { taskUid } = await this.request(work);
    await this.waitFor(taskUid);
  }

  async waitFor(taskUid: number): Promise<void> {
    const task = await this.#finished(taskUid);
    if (task.status !== 'succeeded') throw new MeiliTaskError(task);
  }

  /** Waits until nothing that was sent for this index is still to be done, whoever sent it; failed ones are their sender's business. */
  async settle(indexUid: string): Promise<void> {
    for (;;) {
      const { results } = await this.request((client) =>
        client.tasks.getTasks({ indexUids: [indexUid], statuses: ['enqueued', 'processing'], limit: 1 }),
      );
      const [newest] = results;
      if (!newest) return;
      await this.#finished(newest.uid);
    }
  }

  async #finished(taskUid: number): Promise<Task> {
    const end = Date.now() + (this.#options.taskTimeoutMs ?? 120_000);
    for (let look = 0; ; look += 1) {
      const task = await this.request((client) => client.tasks.getTask(taskUid));
      if (task.status !== 'enqueued' && task.status !== 'processing') return task;
      if (Date.now() > end) throw away(`Meilisearch has not finished task ${taskUid} in time; it may still do so.`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS[look] ?? LAST_POLL_MS));
    }
  }

  async #open(): Promise<{ query: Meilisearch; rest: Meilisearch }> {
    this.#clients ??= import('meilisearch').then(({ Meilisearch: Client }) => {
      const { url, masterKey, queryTimeoutMs = 2000, requestTimeoutMs = 30_000 } = this.#options;
      const common = { host: url, requestInit: UNPACKED, ...(masterKey === null ? {} : { apiKey: masterKey }) };
      return { query: new Client({ ...common, timeout: queryTimeoutMs }), rest: new Client({ ...common, timeout: requestTimeoutMs }) };
    });
    return this.#clients;
  }

  readonly #explain = (error: unknown): never => {
    if (isError(error, 'unavailable')) throw error;
    const status = statusOf(error);
    if (status === 401 || status === 403) this.#options.log.error({ err: error }, 'Meilisearch refuses MEILI_MASTER_KEY');
    const refused = status !== null && status < 500 && ![401, 403, 408, 429].includes(status);
    if (refused) throw error;
    throw away('Search cannot be reached just now. Nothing was lost; try again.', error);
  };
}

function away(detail: string, cause?: unknown): Error {
  return unavailable({ detail, headers: { 'Retry-After': RETRY_AFTER }, ...(cause === undefined ? {} : { cause }) });
}

/** A write that Meilisearch took and could not do. */
export class MeiliTaskError extends Error {
  readonly code: string | undefined;

  constructor(task: Task) {
    super(`Meilisearch task ${task.uid} (${task.type}) ${task.status}: ${task.error?.message ?? 'no message'}`);
    this.name = 'MeiliTaskError';
    this.code = task.error?.code;
  }
}

/** Meilisearch's own error code, e.g. `index_not_found`; undefined when this is no answer of its. */
export function meiliCode(error: unknown): string | undefined {
  if (error instanceof MeiliTaskError) return error.code;
  if (statusOf(error) === null) return undefined;
  const { cause } = error as { cause?: { code?: unknown } };
  return typeof cause?.code === 'string' ? cause.code : undefined;
}

/** Status of an answer that was an error; null when there was no answer. */
function statusOf(error: unknown): number | null {
  if (!(error instanceof Error) || error.name !== 'MeilisearchApiError') return null;
  return (error as Error & { response: Response }).response.status;
}

const CLOSED = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

function isClosedConnection(error: unknown): boolean {
  for (let at = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth += 1) {
    if ('code' in at && typeof at.code === 'string' && CLOSED.has(at.code)) return true;
  }
  return false;
}
