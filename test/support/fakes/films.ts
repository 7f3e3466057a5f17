import type { FilmRow, FilmsRepository } from '../../../src/modules/library/delivery/films.repository.ts';
import { FilmAdmission } from '../../../src/modules/library/delivery/films.admission.ts';
import { FilmsService } from '../../../src/modules/library/delivery/films.service.ts';
import { filmJob } from '../../../src/modules/library/delivery/films.jobs.ts';
import { createMemoryRateLimiter } from '../../../src/platform/http/rate-limit.ts';
import type { FilmMaker } from '../../../src/modules/library/delivery/films.maker.ts';

const NOTHING = { pieces: {}, codecs: {}, bytes: 0 };

/** New films of one network in an hour, and bytes of all; 0 = any number. */
export interface MemoryLimits {
  readonly perHour: number;
  readonly bytes: number;
}

/** Wishes for films in memory; nobody works on them, but a test may say what has come of one. */
export function memoryFilms({ perHour, bytes }: MemoryLimits = { perHour: 0, bytes: 0 }) {
  const rows: FilmRow[] = [];
  const turns: number[] = [];
  const noted: string[] = [];
  let counted = 0;
  const limiter = createMemoryRateLimiter();
  const bucket = { name: 'films', capacity: perHour, perSecond: perHour / 3_600 };
  const take = async (network: string) => (perHour === 0 ? 0 : limiter.take(bucket, network, 1));
  const repository = {
    byRecipe: async (_ctx: unknown, versionId: string, hash: string) =>
      rows.find((row) => row.versionId === versionId && row.recipeHash === hash) ?? null,
    byId: async (_ctx: unknown, id: string) => rows.find((row) => row.id === id) ?? null,
    open: async () => {
      counted += 1;
      return rows.filter(({ state }) => state === 'queued' || state === 'running').length;
    },
    add: async (ctx: { workspaceId: string }, film: Partial<FilmRow>) => {
      if (rows.some((row) => row.versionId === film.versionId && row.recipeHash === film.recipeHash)) return false;
      rows.push({
        ...(film as FilmRow),
        workspaceId: ctx.workspaceId,
        state: 'queued',
        progress: 0,
        reason: null,
        bytes: 0,
        attempt: 0,
        made: NOTHING,
        updatedAt: new Date(),
        askedAt: new Date(),
      });
      return true;
    },
    lockWishes: async () => undefined,
    bytes: async () => rows.reduce((sum, { bytes }) => sum + bytes, 0),
    asked: async (_ctx: unknown, id: string) => {
      noted.push(id);
      const at = rows.findIndex((row) => row.id === id);
      // As from a database: what is in a process' memory stays as it was read.
      if (rows[at]) rows[at] = { ...rows[at], askedAt: new Date() };
    },
    again: async (_ctx: unknown, { id, state }: Pick<FilmRow, 'id' | 'state'>) => {
      const row = rows.find((each) => each.id === id && each.state === state);
      if (row) Object.assign(row, { state: 'queued', progress: 0, made: NOTHING });
      return row !== undefined;
    },
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the service calls is all there
  const wishes = repository as unknown as FilmsRepository;
  const films = new FilmsService({
    repository: wishes,
    transactions: { run: async (ctx, work) => work(ctx as Parameters<typeof work>[0]) },
    queue: {
      enqueue: async (_ctx, _job, payload) => void turns.push((payload as { turn: number }).turn),
      enqueueMany: async () => undefined,
    },
    job: filmJob({} as FilmMaker),
    admission: new FilmAdmission({ repository: wishes, limits: { bytes, take } }),
  });
  return { films, rows, turns, noted, opened: () => counted };
}
