import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler } from 'express';
import type { Clock, Ctx } from '../context.ts';
import { systemContext } from '../context.ts';
import type { AuditLog } from '../modules/core/audit-log/index.ts';
import type { Identity, Reserved } from '../modules/core/identity/index.ts';
import type { Jobs } from '../modules/core/jobs/index.ts';
import type { Live } from '../modules/core/live/index.ts';
import type { Permissions } from '../modules/core/permissions/index.ts';
import {
  type Assets,
  AssetsLookup,
  AssetsLookupRepository,
  AssetsRepository,
  AssetsStoreRepository,
  createAssets,
  loadForIndex,
} from '../modules/library/assets/index.ts';
import {
  createDelivery,
  createDeliveryEndpoints,
  createFilms,
  createEndpoints,
  createPurge,
  createUsage,
  type Delivery,
  type ServedWorkspace,
} from '../modules/library/delivery/index.ts';
import { createFolders, FolderAccessRepository, type Folders, FoldersRepository } from '../modules/library/folders/index.ts';
import { ingestJob, IngestService, refreshJob, refreshOutdated, tidyJob } from '../modules/library/ingest/index.ts';
import { MetadataRepository, MetadataService } from '../modules/library/metadata/index.ts';
import { createRenditions, type Renditions } from '../modules/library/renditions/index.ts';
import { createSearch, type SearchService } from '../modules/library/search/index.ts';
import { createUploads, type Uploads, UploadsRepository, type UploadsService } from '../modules/library/uploads/index.ts';
import { newId } from '../platform/database/uuid.ts';
import { createOutbound } from '../platform/http/fetch.ts';
import type { AnyRoute } from '../platform/http/route.ts';
import type { JobDef } from '../platform/queue/queue.ts';
import { keys } from '../platform/storage/keys.ts';
import type { ModulesDeps } from './deps.ts';

export interface Library {
  readonly assets: Assets;
  readonly folders: Folders;
  readonly metadata: MetadataService;
  readonly uploads: Uploads;
  readonly renditions: Renditions;
  readonly search: SearchService;
  readonly delivery: Delivery & {
    mount(app: { use(handler: RequestHandler): unknown }): void;
    /** Puts what was counted so far into the database now. */
    noteUsage(): Promise<void>;
  };
  readonly routes: AnyRoute[];
  readonly jobDefs: JobDef<never>[];
  tus(ctx: Ctx, req: IncomingMessage, res: ServerResponse): Promise<void>;
  prepareWorkspace(ctx: Ctx, rootAclId: string): Promise<void>;
  reservedBytes(ctx: Ctx): Promise<Reserved>;
  /** Has files read again whose pictures an older pipeline made; how many. */
  refreshOutdated(ctx: Ctx, options: { failed: boolean; only: boolean }): Promise<number>;
  bindWorkspace(workspaceId: string): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

export interface LibraryDeps extends ModulesDeps {
  audit: AuditLog;
  permissions: Permissions;
  live: Live;
  jobs: Jobs;
  identity: Identity;
  tempDir: string;
  clock: Clock;
  makeTus(uploads: UploadsService): (ctx: Ctx, req: IncomingMessage, res: ServerResponse) => Promise<void>;
}

/** A draft that no row knows may still be on its way into one. */
const ORPHAN_GRACE_MS = 24 * 3_600_000;

export function createLibrary(deps: LibraryDeps): Library {
  const { config, log, telemetry, secrets, audit, permissions, live, jobs, identity, clock } = deps;
  const { database, storage, media, queue, searchEngine } = deps.adapters;
  const { dataSource, transactions, notifications } = database;

  const metadata = new MetadataService(new MetadataRepository(dataSource));
  const folders = createFolders({
    repository: new FoldersRepository(dataSource),
    access: new FolderAccessRepository(dataSource),
    transactions,
    permissions,
    audit,
    onMoved: (ctx, ids) => changed(ctx, ids),
    actorNow: (workspaceId, principal) => identity.principals.actorNow(workspaceId, principal),
    onChanged: (ctx, id) => live.publish(ctx, 'folder.changed', { id }, {}),
  });
  const renditions = createRenditions({ dataSource, storage });
  const repository = new AssetsRepository(dataSource);
  const store = new AssetsStoreRepository(dataSource);
  const search = createSearch({
    engine: searchEngine,
    queue,
    loadForIndex: (ctx, ids) => loadForIndex(repository, ctx, ids),
    listForIndex: (ctx) => repository.searchVersions(ctx),
  });

  const served: ServedWorkspace[] = [];
  const endpoints = createDeliveryEndpoints({
    dataSource,
    transactions,
    notifications,
    audit,
    log,
    sealKey: secrets.derive('signing-keys'),
    onPolicy: (ctx) => purge.changedWorkspace(ctx),
  });
  const { service: usage, jobDefs: usageJobs } = createUsage({ dataSource, clock, log });
  const lookup = new AssetsLookup(new AssetsLookupRepository(dataSource), folders.service);
  const { ladderAhead, filmKeepDays } = config.delivery;
  /** So many in an hour for each network; 0 = any number. */
  const strangers =
    (name: string, perHour: number): ((network: string) => Promise<number>) =>
    async (network) =>
      perHour === 0 ? 0 : deps.adapters.limiter.take({ name, capacity: perHour, perSecond: perHour / 3_600 }, network, 1);
  const films = createFilms({
    dataSource,
    transactions,
    queue,
    media,
    storage,
    log,
    lookup,
    ladderAhead,
    keepDays: filmKeepDays,
    limits: { bytes: config.delivery.films.bytes, take: strangers('films', config.delivery.films.perHour) },
  });
  const mayDo = async (
    ctx: Ctx,
    verb: 'rendition' | 'original',
    principal: { kind: string; id: string },
    { folderId }: { folderId: string },
  ) => {
    const actor = await identity.principals.actorOf(ctx.workspaceId, principal);
    if (!actor) return false;
    const visible = await folders.service.visibleFolders({ ...ctx, actor }, verb);
    return visible === null || visible.includes(folderId);
  };
  const purgeTarget = config.delivery.purge;
  const delivery = createDelivery({
    lookup,
    access: {
      mayPreview: (ctx, principal, asset) => mayDo(ctx, 'rendition', principal, asset),
      mayDownload: (ctx, principal, asset) => mayDo(ctx, 'original', principal, asset),
    },
    endpoints: createEndpoints({
      mount: '/cdn',
      mode: config.delivery.mode,
      workspaces: () => served,
      signingKeys: (workspaceId) => endpoints.settings.signingKeys(workspaceId),
    }),
    settings: endpoints.settings,
    renditions,
    films: films.service,
    usage,
    storage,
    media,
    notifications,
    clock,
    log,
    telemetry,
    tokenKey: secrets.derive('preview-token'),
    publicUrl: () => config.http.publicUrl,
    hotCacheBytes: config.delivery.hotCacheBytes,
    // Of the processes on an embedded database one serves; should there be two, a picture is at worst made twice.
    alone: config.database.kind === 'embedded',
    strict: config.delivery.strict,
    saveData: config.delivery.saveData,
    purged: purgeTarget !== null,
    takeStill: strangers('stills', config.delivery.stillsPerHour),
  });
  const outbound = createOutbound({ allowPrivate: true });
  const purge = createPurge({
    dataSource,
    queue,
    log,
    outbound,
    target: purgeTarget && { url: purgeTarget.url, token: purgeTarget.token?.reveal() ?? null },
  });
  /** Everybody who keeps a copy of what an asset is. */
  const changed = async (ctx: Ctx, ids: readonly string[]) => {
    await search.enqueue(ctx, ids);
    await purge.changed(ctx, ids);
  };

  const enqueueIngest = (ctx: Ctx, assetId: string, versionId: string) =>
    queue.enqueue(ctx, ingest, { assetId, versionId }, { subject: assetId });
  const assets = createAssets({
    repository,
    store,
    permissions,
    folders: folders.service,
    explain: (ctx, aclId, query, thing) => folders.access.explain(ctx, aclId, query, thing),
    metadata,
    live,
    notifications,
    audit,
    transactions,
    storage,
    jobs,
    telemetry,
    urls: (ctx, row) => {
      const addressed = { assetId: row.id, name: row.name, folderPath: row.folderPath, versionNumber: row.versionNumber };
      const ready = row.previewState === 'ready' && row.ingestedAt !== null;
      const api = `${config.http.publicUrl}/api/v1/assets/${row.id}`;
      return {
        delivery: delivery.urls.delivery(ctx, addressed),
        versioned: delivery.urls.versioned(ctx, addressed),
        thumbnail: ready ? delivery.urls.preview(ctx, addressed, 'thumbnail') : null,
        preview: ready ? delivery.urls.preview(ctx, addressed, 'preview') : null,
        transform: ready ? delivery.urls.transform(ctx, addressed) : null,
        original: `${api}/original`,
        clip: ready && row.hasClip ? `${api}/clip` : null,
      };
    },
    renditions: (ctx, versionId) => renditions.list(ctx, versionId),
    delivered: (ctx, assetId, days) => usage.days(ctx, assetId, days),
    index: (ctx, ids) => changed(ctx, ids),
    addUsage: (ctx, bytes) => identity.quota.add(ctx, ctx.actor.userId, bytes),
    enqueueIngest,
  });
  const ingestService = new IngestService({
    repository,
    store,
    assets: assets.service,
    metadata,
    renditions,
    media,
    storage,
    transactions,
    tempDir: deps.tempDir,
    telemetry,
    onFilm: films.onReady,
  });
  const ingest = ingestJob(ingestService);
  const refresh = refreshJob(ingestService);

  const uploadsRepository = new UploadsRepository(dataSource);
  const uploads = createUploads({
    repository: uploadsRepository,
    storage,
    folders: folders.service,
    create: assets.create,
    newId,
    maxBytes: config.limits.uploadMaxBytes,
    telemetry,
    checkQuota: (ctx, bytes) => identity.quota.check(ctx, bytes),
    readAsset: (ctx, id) => assets.service.get(ctx, id),
    makeTus: deps.makeTus,
    sweep: { log, graceMs: ORPHAN_GRACE_MS },
  });
  const tidy = tidyJob({ store, queue, ingest, log, reindex: (workspaceId, ids) => search.enqueue(systemContext(workspaceId), ids) });

  return {
    assets,
    folders,
    metadata,
    uploads,
    renditions,
    search,
    delivery: { ...delivery, mount: (app) => void app.use(delivery.router), noteUsage: () => usage.note() },
    routes: [
      ...folders.routes,
      ...endpoints.routes,
      ...assets.routes({
        search,
        storage,
        presigned: config.delivery.presignedDownloads,
        telemetry,
        originalKey: (ctx, blobId) => keys.original(ctx.workspaceId, blobId),
        clipOf: async (ctx, versionId) => {
          const clip = await renditions.findNamed(ctx, versionId, 'clip');
          return clip && { key: clip.storageKey, mime: clip.mime, bytes: clip.bytes };
        },
      }),
      ...uploads.routes,
    ],
    jobDefs: [
      ingest as JobDef<never>,
      refresh as JobDef<never>,
      tidy as JobDef<never>,
      ...uploads.jobs,
      ...films.jobDefs,
      ...usageJobs,
      search.indexJob as JobDef<never>,
      ...purge.jobs,
    ],
    tus: uploads.tus,
    prepareWorkspace: async (ctx, rootAclId) => {
      await folders.service.createRoot(ctx, rootAclId);
      await metadata.prepareWorkspace(ctx);
    },
    refreshOutdated: (ctx, options) => refreshOutdated({ store, queue, job: refresh }, ctx, options),
    reservedBytes: (ctx) => uploadsRepository.reserved(ctx),
    bindWorkspace: async (workspaceId) => {
      served.push({ id: workspaceId, slug: 'main', first: true });
    },
    start: async () => {
      await endpoints.settings.start();
      usage.start();
      await delivery.start();
    },
    close: async () => {
      await delivery.close();
      await usage.close();
      await endpoints.settings.close();
      await outbound.close();
    },
  };
}
