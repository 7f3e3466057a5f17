import type { Ctx } from '../../../context.ts';
import type { DeliveryAsset } from './delivery.lookup.ts';
import type { FilmRow } from './films.repository.ts';
import type { FilmRequest } from './films.request.ts';

/** What delivery asks of films; `FilmsService` answers. */
export interface FilmLookup {
  /**
   * The film as it stands; the first to ask sets the work going.
   * @param stranger network of somebody without credential; null = somebody whom the workspace knows
   * @throws DeliveryError EBUSY when too many wait, ERATE when this network asked for too many, ELIMIT when the workspace has no more room for
   * films, EDECODE when it could not be made
   */
  ask(ctx: Ctx, asset: DeliveryAsset, request: FilmRequest, stranger: string | null): Promise<FilmRow>;
  /** A film by its id, as a stream address names it. */
  find(ctx: Ctx, id: string): Promise<FilmRow | null>;
  /** Its bytes are gone from the store, although it was ready: it is made again. @throws DeliveryError EBUSY when too many wait */
  lost(ctx: Ctx, film: FilmRow): Promise<void>;
}
