import type { Ctx } from '../../../context.ts';
import type { TransactionRunner } from '../../../platform/database/database.ts';
import { newId } from '../../../platform/database/uuid.ts';
import type { JobQueue } from '../../../platform/queue/queue.ts';
import { DeliveryError } from './delivery.answers.ts';
import type { DeliveryAsset } from './delivery.lookup.ts';
import type { FilmAdmission } from './films.admission.ts';
import type { FilmJob } from './films.jobs.ts';
import type { FilmLookup } from './films.lookup.ts';
import type { FilmRow, FilmsRepository } from './films.repository.ts';
import type { FilmRequest } from './films.request.ts';

export interface FilmsDeps {
  readonly repository: FilmsRepository;
  readonly transactions: TransactionRunner;
  readonly queue: JobQueue;
  readonly job: FilmJob;
  readonly admission: FilmAdmission;
}

/** What failed is tried again after this, when somebody asks. */
const RETRY_MS = 10 * 60_000;
const MAX_KEPT = 1_000;
/** Then it is looked again whether it is still there: another process may have removed it. */
const KEPT_MS = 60_000;
/** How exactly it is noted when a film was last asked for. */
const ASKED_MS = 12 * 3_600_000;

/** Wishes for films: each is noted once and made in the background. */
export class FilmsService implements FilmLookup {
  private readonly deps: FilmsDeps;
  /** Finished ones change no more, until they are removed. */
  private readonly finished = new Map<string, { film: FilmRow; until: number }>();

  constructor(deps: FilmsDeps) {
    this.deps = deps;
  }

  async ask(ctx: Ctx, asset: DeliveryAsset, request: FilmRequest, stranger: string | null): Promise<FilmRow> {
    const { repository, admission } = this.deps;
    const key = `${asset.versionId} ${request.recipeHash}`;
    const look = () => repository.byRecipe(ctx, asset.versionId, request.recipeHash);
    const known = await this.asked(ctx, key, this.known(ctx, key) ?? (await look()));
    if (known?.state === 'failed') return this.retried(ctx, known, stranger);
    if (known) return known;
    try {
      await admission.check(ctx, stranger);
      await this.begin(ctx, asset, request, stranger);
    } catch (error) {
      // The last place may be this very wish's, from somebody who asked at the same time.
      const other = error instanceof DeliveryError && error.code === 'EBUSY' ? await look() : null;
      if (!other) throw error;
      return other;
    }
    const begun = await look();
    // Its version was removed in between.
    if (!begun) throw new DeliveryError('ENOENT');
    return begun;
  }

  async find(ctx: Ctx, id: string): Promise<FilmRow | null> {
    const known = this.known(ctx, id);
    if (known && known.workspaceId === ctx.workspaceId) return this.asked(ctx, id, known);
    return this.asked(ctx, id, await this.deps.repository.byId(ctx, id));
  }

  async lost(ctx: Ctx, film: FilmRow): Promise<void> {
    this.finished.delete(film.id);
    this.finished.delete(`${film.versionId} ${film.recipeHash}`);
    await this.restart(ctx, film, null);
  }

  private begin(ctx: Ctx, asset: DeliveryAsset, request: FilmRequest, stranger: string | null): Promise<void> {
    const { repository, transactions, queue, job, admission } = this.deps;
    const { assetId, versionId, blobId } = asset;
    const { make, source, mime, recipeHash } = request;
    const id = newId();
    return transactions.run(ctx, async (trx) => {
      await repository.lockWishes(trx);
      if (await repository.byRecipe(trx, versionId, recipeHash)) return;
      const turn = await admission.turn(trx, stranger);
      const first = await repository.add(trx, { id, assetId, versionId, blobId, recipeHash, make, source, mime });
      if (first) await queue.enqueue(trx, job, { filmId: id, turn }, { subject: assetId });
    });
  }

  /** As new as any other wish. */
  private async retried(ctx: Ctx, film: FilmRow, stranger: string | null): Promise<FilmRow> {
    const age = ctx.clock.now().getTime() - film.updatedAt.getTime();
    if (age < RETRY_MS) throw new DeliveryError('EDECODE', film.reason ?? 'The film could not be made.');
    await this.deps.admission.check(ctx, stranger);
    await this.restart(ctx, film, stranger);
    return { ...film, state: 'queued', progress: 0 };
  }

  private restart(ctx: Ctx, film: FilmRow, stranger: string | null): Promise<void> {
    const { repository, transactions, queue, job, admission } = this.deps;
    return transactions.run(ctx, async (trx) => {
      await repository.lockWishes(trx);
      if ((await repository.byId(trx, film.id))?.state !== film.state) return;
      const turn = await admission.turn(trx, stranger);
      const first = await repository.again(trx, film);
      if (first) await queue.enqueue(trx, job, { filmId: film.id, turn }, { subject: film.assetId });
    });
  }

  /** Notes that somebody wants it, and keeps one that is finished, with that. */
  private async asked(ctx: Ctx, key: string, film: FilmRow | null): Promise<FilmRow | null> {
    if (!film) return null;
    const now = ctx.clock.now();
    const noted = now.getTime() - film.askedAt.getTime() <= ASKED_MS;
    const asked = noted ? film : { ...film, askedAt: now };
    const kept = this.finished.get(key);
    if (film.state === 'ready' && kept?.film !== asked) {
      if (this.finished.size >= MAX_KEPT) this.finished.clear();
      const until = kept && kept.until > now.getTime() ? kept.until : now.getTime() + KEPT_MS;
      this.finished.set(key, { film: asked, until });
    }
    if (!noted) await this.deps.repository.asked(ctx, film.id);
    return asked;
  }

  private known(ctx: Ctx, key: string): FilmRow | null {
    const kept = this.finished.get(key);
    return kept && kept.until > ctx.clock.now().getTime() ? kept.film : null;
  }
}
