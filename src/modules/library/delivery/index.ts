import { type Clock, type Ctx, systemClock } from '../../../context.ts';
import type { AuditLog } from '../../core/audit-log/index.ts';
import type { Notifications, TransactionRunner } from '../../../platform/database/database.ts';
import type { Outbound } from '../../../platform/http/fetch.ts';
import type { AnyRoute } from '../../../platform/http/route.ts';
import type { Log } from '../../../platform/log.ts';
import type { Media } from '../../../platform/media/media.ts';
import type { JobDef, JobQueue } from '../../../platform/queue/queue.ts';
import type { Storage } from '../../../platform/storage/storage.ts';
import { rendered, type Telemetry } from '../../../telemetry.ts';
import { CLAIM_RELEASED, type Renditions, STANDARD_RECIPES, type StandardRecipe } from '../renditions/index.ts';
import { assetPath, idPath } from './delivery.addresses.ts';
import { StillAdmission } from './delivery.admission.ts';
import { BytesCache } from './delivery.bytes.ts';
import { Decisions } from './delivery.decisions.ts';
import { HotTable } from './delivery.hot.ts';
import type { AssetLookup, Endpoints, DeliverySettings, PreviewAccess } from './delivery.lookup.ts';
import { Maker } from './delivery.maker.ts';
import { Releases } from './delivery.releases.ts';
import { deliveryRouter } from './delivery.routes.ts';
import { DeliveryService } from './delivery.service.ts';
import type { Take } from './delivery.strangers.ts';
import { mintToken, type TokenRecipes } from './delivery.token.ts';
import { type CdnPurge, cdnPurge } from './delivery.jobs.ts';
import { purgeCall, type PurgeTarget } from './delivery.purge.ts';
import { type FilmLimits, FilmAdmission } from './films.admission.ts';
import { type LadderAhead, ladderAhead } from './films.ahead.ts';
import { filmJob, forgetFailedJob } from './films.jobs.ts';
import { FilmMaker } from './films.maker.ts';
import { FilmsRepository } from './films.repository.ts';
import { FilmsService } from './films.service.ts';
import { filmSweepJob } from './films.sweep.ts';
import type { UsageCount } from './usage.count.ts';
import { forgetDaysJob } from './usage.jobs.ts';
import { UsageRepository } from './usage.repository.ts';
import { PurgeRepository } from './purge.repository.ts';
import { UsageService } from './usage.service.ts';
import { EndpointsRepository } from './endpoints.repository.ts';
import { endpointRoutes } from './endpoints.routes.ts';
import { EndpointsService } from './endpoints.service.ts';
import { EndpointSettings } from './endpoints.settings.ts';

export { createEndpoints, type ServedWorkspace } from './delivery.addresses.ts';
export type {
  AssetLookup,
  DeliveryAsset,
  DeliveryMode,
  Endpoint,
  Endpoints,
  Named,
  PreviewAccess,
  StoredRaster,
} from './delivery.lookup.ts';
export { endpointRoutes } from './endpoints.routes.ts';
export type { UsageDay } from './usage.repository.ts';
export { sign as signDeliveryUrl } from './delivery.signature.ts';

export interface DeliveryOptions {
  readonly lookup: AssetLookup;
  readonly access: PreviewAccess;
  readonly settings: DeliverySettings;
  readonly endpoints: Endpoints & { mountOf(workspaceId: string): string | null };
  readonly renditions: Renditions;
  readonly films: FilmsService;
  readonly usage: UsageCount;
  readonly storage: Storage;
  readonly media: Media;
  readonly notifications: Notifications;
  readonly clock: Clock;
  readonly log: Log;
  readonly telemetry: Telemetry;
  /** 32 secret bytes for preview tokens. */
  readonly tokenKey: Buffer;
  /** `PUBLIC_URL`, without trailing slash. */
  readonly publicUrl: () => string;
  readonly hotCacheBytes: number;
  /** No other process makes derivatives of this library; default false. */
  readonly alone?: boolean;
  readonly strict: boolean;
  /** Whether `f-auto` may answer AVIF; default false (ADR 0301). */
  readonly avif?: boolean;
  /** `Save-Data: on` lowers a quality that nobody named; default false. */
  readonly saveData?: boolean;
  /** A CDN is told of every change (`createPurge`); default false. */
  readonly purged?: boolean;
  /** Takes one of the stills that strangers of a network may have drawn; default any number. */
  readonly takeStill?: Take;
  /** Wall clock for making one derivative, ms; default 20 s. */
  readonly deadlineMs?: number;
}

/** What an address is made from. */
export interface Addressed {
  readonly assetId: string;
  readonly name: string;
  readonly folderPath: string;
  readonly versionNumber: number;
}

export interface Delivery {
  /** Express middleware for the root; answers only below a delivery mount. */
  readonly router: ReturnType<typeof deliveryRouter>;
  /** For the bare HTTP server, before Express: answers hot derivatives, or returns false without touching anything. */
  readonly hot: HotTable['handle'];
  /** Begins to listen for changes of assets; call once before serving. */
  start(): Promise<void>;
  /** A preview token for the acting principal. */
  mintPreviewToken(ctx: Ctx, assetId: string, recipes: TokenRecipes): string;
  readonly urls: {
    /** Canonical public address. */
    delivery(ctx: Ctx, asset: Addressed): string;
    /** Pinned to the file version. */
    versioned(ctx: Ctx, asset: Addressed): string;
    /** Private preview for the acting principal, in their browser only. */
    preview(ctx: Ctx, asset: Addressed, recipe: StandardRecipe): string;
    /** Private, for any transformation: the caller adds `&tr=`. */
    transform(ctx: Ctx, asset: Addressed): string;
  };
  readonly stats: () => { hits: number; objects: number; bytes: number };
  /** Waits for what is being made and written. */
  close(): Promise<void>;
}

/** Published by whoever changes what delivery may say of an asset; the payload is the asset id. */
export const ASSET_CHANGED = 'asset_changed';

/** Files, transformed and cached, for everybody who may have them. */
export function createDelivery(options: DeliveryOptions): Delivery {
  const { clock, storage, media, renditions, log, endpoints, notifications } = options;
  const bytes = new BytesCache(options.hotCacheBytes);
  const decisions = new Decisions(options.lookup);
  // Thousands of times a second: not one object for each.
  const settings = { avif: options.avif ?? false, saveData: options.saveData ?? false, purged: options.purged ?? false };
  const hot = new HotTable(clock === systemClock ? Date.now : () => clock.now().getTime(), options.usage.count, settings.saveData);
  const releases = new Releases();
  const maker = new Maker({
    releases,
    storage,
    media,
    renditions,
    bytes,
    log,
    alone: options.alone ?? false,
    onRendered: (fact) => rendered(options.telemetry, fact),
    deadlineMs: options.deadlineMs ?? 20_000,
  });
  options.settings.onChange(() => hot.clear());
  const stills = new StillAdmission({ maker, storage, take: options.takeStill ?? (async () => 0) });
  const service = new DeliveryService({ ...options, decisions, hot, maker, stills, ...settings });
  let stop: () => Promise<void> = async () => undefined;
  const base = (ctx: Ctx) => `${options.publicUrl()}${endpoints.mountOf(ctx.workspaceId) ?? '/cdn'}`;
  const mint = (ctx: Ctx, assetId: string, recipes: TokenRecipes) =>
    mintToken(
      options.tokenKey,
      { workspaceId: ctx.workspaceId, principal: { kind: ctx.actor.kind, id: ctx.actor.id ?? '' }, assetId, recipes },
      clock.now().getTime(),
    );
  return {
    router: deliveryRouter(service, options.telemetry),
    hot: hot.handle,
    async start() {
      const stops = [
        await notifications.listen(ASSET_CHANGED, (assetId) => {
          decisions.dropAsset(assetId);
          hot.dropAsset(assetId);
        }),
        ...(options.alone ? [] : [await notifications.listen(CLAIM_RELEASED, (key) => releases.released(key))]),
      ];
      stop = async () => {
        for (const each of stops) await each();
      };
      notifications.onGap(() => {
        decisions.clear();
        hot.clear();
      });
    },
    mintPreviewToken: mint,
    urls: {
      delivery: (ctx, asset) => `${base(ctx)}/${assetPath(asset.folderPath, asset.name)}`,
      versioned: (ctx, asset) => `${base(ctx)}/${assetPath(asset.folderPath, asset.name)}?ik-obj-version=${asset.versionNumber}`,
      preview: (ctx, asset, recipe) =>
        `${base(ctx)}/${idPath(asset.assetId, asset.name)}?tr=${STANDARD_RECIPES[recipe]}&ik-obj-version=${asset.versionNumber}&token=${mint(ctx, asset.assetId, recipe)}`,
      transform: (ctx, asset) =>
        `${base(ctx)}/${idPath(asset.assetId, asset.name)}?ik-obj-version=${asset.versionNumber}&token=${mint(ctx, asset.assetId, '*')}`,
    },
    stats: () => ({ hits: hot.stats.hits, ...bytes.stats }),
    async close() {
      await stop();
      await maker.close();
    },
  };
}

/** Tells a CDN of changes; `target` null = there is none. `outbound` may call private addresses: the target is the operator's own. */
export function createPurge(deps: {
  dataSource: ConstructorParameters<typeof PurgeRepository>[0];
  queue: JobQueue;
  log: Log;
  outbound: Outbound;
  target: PurgeTarget | null;
}): CdnPurge {
  const { dataSource, queue, log, outbound, target } = deps;
  return cdnPurge({ queue, log, repository: new PurgeRepository(dataSource), call: target && purgeCall(outbound, target) });
}

export interface EndpointsOptions {
  readonly dataSource: ConstructorParameters<typeof EndpointsRepository>[0];
  readonly transactions: TransactionRunner;
  readonly notifications: Notifications;
  readonly audit: AuditLog;
  readonly log: Log;
  /** 32 bytes that seal the secrets of signing keys. */
  readonly sealKey: Buffer;
  /** How much of a file's metadata derivatives of the workspace keep has changed; in the caller's transaction. */
  onPolicy(ctx: Ctx): Promise<void>;
}

export interface DeliveryEndpoints {
  readonly routes: AnyRoute[];
  readonly settings: EndpointSettings;
}

/** How each workspace delivers: named transformations and signing keys. `settings` must be started before delivery serves. */
export function createDeliveryEndpoints(options: EndpointsOptions): DeliveryEndpoints {
  const repository = new EndpointsRepository(options.dataSource);
  const settings = new EndpointSettings({ ...options, repository });
  return { routes: endpointRoutes(new EndpointsService({ ...options, repository, settings })), settings };
}

export interface FilmsOptions {
  readonly dataSource: ConstructorParameters<typeof FilmsRepository>[0];
  readonly transactions: TransactionRunner;
  readonly queue: JobQueue;
  readonly media: Media;
  readonly storage: Storage;
  readonly log: Log;
  readonly lookup: AssetLookup;
  /** Steps of the ladder that is made of every film, `360_720`; null = none. */
  readonly ladderAhead: string | null;
  /** Days for which films are kept that nobody asks for; 0 = for ever. */
  readonly keepDays: number;
  readonly limits: FilmLimits;
}

export interface Films {
  readonly service: FilmsService;
  /** A film is ready: its ladder may be wanted ahead. In the caller's transaction. */
  readonly onReady: LadderAhead['ready'];
  readonly jobDefs: JobDef<never>[];
}

/** What URLs ask of films, made in the background. */
export function createFilms(options: FilmsOptions): Films {
  const repository = new FilmsRepository(options.dataSource);
  const admission = new FilmAdmission({ ...options, repository });
  const job = filmJob(new FilmMaker({ ...options, repository, left: (ctx, filmId) => admission.left(ctx, filmId) }));
  const service = new FilmsService({ ...options, repository, job, admission });
  const ahead = ladderAhead({ ...options, films: service, steps: options.ladderAhead });
  const jobDefs = [
    job as JobDef<never>,
    ahead.job as JobDef<never>,
    filmSweepJob({ ...options, repository }),
    forgetFailedJob({ ...options, repository }) as JobDef<never>,
  ];
  return { service, onReady: ahead.ready, jobDefs };
}

export interface UsageOptions {
  readonly dataSource: ConstructorParameters<typeof UsageRepository>[0];
  readonly clock: Clock;
  readonly log: Log;
}

export interface Usage {
  /** Start it before serving, close it after. */
  readonly service: UsageService;
  readonly jobDefs: JobDef<never>[];
}

/** How often assets are delivered. */
export function createUsage({ dataSource, clock, log }: UsageOptions): Usage {
  const repository = new UsageRepository(dataSource);
  return { service: new UsageService({ repository, clock, log }), jobDefs: [forgetDaysJob(repository) as JobDef<never>] };
}
