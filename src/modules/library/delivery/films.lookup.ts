import type { Ctx } from '../../../context.ts';
import type { DeliveryAsset } from './delivery.lookup.ts';
import type { FilmRow } from './films.repository.ts';
import type { FilmRequest } from './films.request.ts';

/** What delivery asks of films; `FilmsService` answers. */
export interface FilmLookup {
  /**
   * The film as it stands; the first to ask sets the work going.
   * @throws DeliveryError EBUSY when too many wait, EDECODE when it could not be made
   */
  ask(ctx: Ctx, asset: DeliveryAsset, request: FilmRequest): Promise<FilmRow>;
  /** A film by its id, as a stream address names it. */
  find(ctx: Ctx, id: string): Promise<FilmRow | null>;
  /** Its bytes are gone from the store, although it was ready: it is made again. */
  lost(ctx: Ctx, film: FilmRow): Promise<void>;
}
