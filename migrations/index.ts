import type { MigrationInterface } from 'typeorm';
import { Core0000000000100 } from './0100-core.ts';
import { CoreMore0000000000110 } from './0110-core-more.ts';
import { JobsUndo0000000000120 } from './0120-jobs-undo.ts';
import { Idempotency0000000000130 } from './0130-idempotency.ts';
import { Library0000000000200 } from './0200-library.ts';
import { Uploads0000000000210 } from './0210-uploads.ts';
import { Queue } from './1000-queue.ts';
import { Search } from './2000-search.ts';
import { Delivery } from './3000-delivery.ts';
import { DeliveryEndpoints } from './3010-delivery-endpoints.ts';
import { AssetFraming } from './3011-asset-framing.ts';
import { Films } from './3020-films.ts';
import { DeliveryDays } from './3030-delivery-days.ts';
import { MetadataPolicy } from './3040-metadata-policy.ts';
import { FilmsAsked } from './3050-films-asked.ts';
import { FilmRuns } from './3060-film-runs.ts';
import { RenditionPipeline } from './3070-rendition-pipeline.ts';
import { CdnPurge } from './3071-cdn-purge.ts';
import { FilmsLookup } from './3080-films-lookup.ts';
import { RightsAgain } from './3081-rights-again.ts';
import { Groups } from './4000-groups.ts';
import { Roles } from './4001-roles.ts';
import { AssetFolderOrders } from './4002-asset-folder-orders.ts';

/** Every migration, in order. A new one is added here; TypeORM runs those not yet applied. */
export const migrations: (new () => MigrationInterface)[] = [
  Core0000000000100,
  CoreMore0000000000110,
  JobsUndo0000000000120,
  Idempotency0000000000130,
  Library0000000000200,
  Uploads0000000000210,
  Queue,
  Search,
  Delivery,
  DeliveryEndpoints,
  AssetFraming,
  Films,
  DeliveryDays,
  MetadataPolicy,
  FilmsAsked,
  FilmRuns,
  RenditionPipeline,
  CdnPurge,
  FilmsLookup,
  RightsAgain,
  Groups,
  Roles,
  AssetFolderOrders,
];
