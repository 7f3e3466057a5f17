import type { Ctx } from '../../../context.ts';
import { DeliveryError } from './delivery.answers.ts';
import { Strangers, type Take } from './delivery.strangers.ts';
import type { FilmsRepository } from './films.repository.ts';

export interface FilmLimits {
  /** Of the films that strangers of a network may have made. */
  readonly take: Take;
  /** What films of one workspace may take of the store; 0 = all of it. */
  readonly bytes: number;
}

export interface AdmissionDeps {
  readonly repository: FilmsRepository;
  readonly limits: FilmLimits;
}

/** Films that wait or are worked on, per workspace: anybody may ask, and each costs minutes. */
const MAX_OPEN = 50;

const busy = () => new DeliveryError('EBUSY', 'Too many films are being prepared; try again shortly', {}, { 'Retry-After': '30' });

/** Whether a wish for a film is taken on: a new one, and one that is to be made again. */
export class FilmAdmission {
  private readonly deps: AdmissionDeps;
  private readonly strangers: Strangers;

  constructor(deps: AdmissionDeps) {
    this.deps = deps;
    this.strangers = new Strangers('films', deps.limits.take);
  }

  /**
   * Looked at before the wish is noted.
   * @param stranger network of somebody without credential; null = somebody whom the workspace knows
   * @throws DeliveryError EBUSY, ELIMIT, ERATE
   */
  async check(ctx: Ctx, stranger: string | null): Promise<void> {
    const { repository, limits } = this.deps;
    this.strangers.check(ctx, stranger);
    if ((await repository.open(ctx)) >= MAX_OPEN) throw busy();
    if (limits.bytes > 0) {
      const used = await repository.bytes(ctx, null);
      if (used >= limits.bytes) {
        const message = `the films of this library take ${used} bytes; at most ${limits.bytes} are allowed`;
        throw new DeliveryError('ELIMIT', message, { limit: 'bytes of films', given: used, allowed: limits.bytes });
      }
    }
  }

  /**
   * Within the transaction that notes the wish, after `lockWishes` and when there is none like it: one wish is paid for once, by whoever was first.
   * @param stranger as for `check`
   * @returns its place among the open ones, 1 = the first
   * @throws DeliveryError EBUSY, ERATE
   */
  async turn(trx: Ctx, stranger: string | null): Promise<number> {
    const open = await this.deps.repository.open(trx);
    if (open >= MAX_OPEN) throw busy();
    await this.strangers.pay(trx, stranger);
    return open + 1;
  }

  /** Bytes that this film may still take. */
  async left(ctx: Ctx, filmId: string): Promise<number> {
    const { repository, limits } = this.deps;
    return limits.bytes === 0 ? Number.POSITIVE_INFINITY : Math.max(0, limits.bytes - (await repository.bytes(ctx, filmId)));
  }
}
