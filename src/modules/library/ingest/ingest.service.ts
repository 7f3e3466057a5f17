import type { Ctx } from '../../../context.ts';
import type { TransactionRunner } from '../../../platform/database/database.ts';
import {
  type Analysis,
  type Identified,
  type Media,
  type MediaFile,
  type MediaOptions,
  type PreviewProblem,
} from '../../../platform/media/media.ts';
import type { JobRun } from '../../../platform/queue/queue.ts';
import { keys } from '../../../platform/storage/keys.ts';
import type { Storage } from '../../../platform/storage/storage.ts';
import { ingested, ingestFailed, refreshFailed, type Telemetry } from '../../../telemetry.ts';
import type { AssetRow, AssetsRepository, AssetsService, AssetsStoreRepository } from '../assets/index.ts';
import { type MetadataService, rightsOf } from '../metadata/index.ts';
import { PicturesService } from './pictures.service.ts';
import type { Renditions } from '../renditions/index.ts';

export interface IngestDeps {
  repository: AssetsRepository;
  store: AssetsStoreRepository;
  assets: AssetsService;
  metadata: MetadataService;
  renditions: Renditions;
  media: Media;
  storage: Storage;
  transactions: TransactionRunner;
  tempDir: string;
  telemetry: Telemetry;
  /** A film is ready; in the transaction that says so. */
  onFilm(ctx: Ctx, assetId: string): Promise<void>;
}

interface Understood {
  readonly identified: Identified;
  readonly embedded: Record<string, unknown>;
  readonly analysis: Analysis | null;
  /** Size of the raster that stands for the file, for kinds that have none of their own. */
  readonly problem: PreviewProblem | null;
}

const RASTER_DEADLINE_MS = 120_000;

/** From stored bytes to a *ready* asset: type, metadata, renditions, analysis. Running it twice changes nothing. */
export class IngestService {
  private readonly deps: IngestDeps;
  private readonly pictures: PicturesService;

  constructor(deps: IngestDeps) {
    this.deps = deps;
    this.pictures = new PicturesService(deps);
  }

  ingest(ctx: Ctx, payload: { assetId: string; versionId: string }, run: JobRun): Promise<void> {
    return this.read(ctx, payload, run, false);
  }

  /** The same for a file that was read before: where it cannot be read now, the preview it has, and all that was read, stay. */
  refresh(ctx: Ctx, payload: { assetId: string; versionId: string }, run: JobRun): Promise<void> {
    return this.read(ctx, payload, run, true);
  }

  private async read(ctx: Ctx, payload: { assetId: string; versionId: string }, run: JobRun, refreshing: boolean): Promise<void> {
    const { repository, storage } = this.deps;
    const [row] = await repository.rows(ctx, [payload.assetId], { trashed: true });
    // Gone, or replaced by a newer version whose own job follows.
    if (!row || row.versionId !== payload.versionId) return;
    const began = performance.now();
    const understood = await storage.withLocalFile(keys.original(ctx.workspaceId, row.blobId), (path) =>
      this.understand(ctx, row, { path, bytes: row.bytes }),
    );
    const reason = understood === null ? 'object_missing' : (understood.problem?.reason ?? null);
    if (refreshing && reason !== null && row.previewState === 'ready') {
      refreshFailed(this.deps.telemetry, ctx, { assetId: row.id, versionId: row.versionId, reason });
      await run.complete(ctx);
      return;
    }
    if (understood === null) {
      await run.complete(ctx, (ctx) =>
        this.fail(ctx, row, 'object_missing', 'The stored object is missing. Upload the file again as a new version.'),
      );
      return;
    }
    await run.complete(ctx, (ctx) => this.store(ctx, row, understood));
    const { identified, problem } = understood;
    ingested(this.deps.telemetry, ctx, {
      assetId: row.id,
      kind: identified.kind,
      mime: identified.mime,
      preview: problem?.state ?? 'ready',
      reason: problem?.reason ?? null,
      ms: Math.round(performance.now() - began),
    });
  }

  /** After the last attempt: a state with a reason, never a stuck job. */
  async giveUp(ctx: Ctx, payload: { assetId: string; versionId: string }, error: Error): Promise<void> {
    const [row] = await this.deps.repository.rows(ctx, [payload.assetId], { trashed: true });
    if (!row || row.versionId !== payload.versionId) return;
    ingestFailed(this.deps.telemetry, ctx, { assetId: row.id, error });
    const detail = 'Damson gave up on this file after several attempts. The original is safe; try again, and see the server log for more.';
    await this.fail(ctx, row, error.name === 'DamsonError' && 'code' in error ? String(error.code) : 'ingest_failed', detail);
  }

  private async understand(ctx: Ctx, row: AssetRow, file: MediaFile): Promise<Understood> {
    const { media } = this.deps;
    const options: MediaOptions = { signal: ctx.signal, deadlineMs: RASTER_DEADLINE_MS, lane: 'ingest' };
    const identified = await media.identify(file, row.originalName, options);
    await this.film(ctx, row, identified);
    const [embedded, picture] = await Promise.all([
      this.readMetadata(file, identified, options),
      this.pictures.make(ctx, row, file, identified, options),
    ]);
    return { identified, embedded, ...picture };
  }

  /** Films by URL need its streams, not its poster or its web clip, which may take minutes. */
  private async film(ctx: Ctx, row: AssetRow, identified: Identified): Promise<void> {
    if (identified.kind !== 'video' || identified.problem) return;
    const { mime, width, height, frames, durationMs, probe } = identified;
    await this.deps.transactions.run(ctx, (trx) =>
      this.deps.store.storeFilmFacts(trx, row.id, { versionId: row.versionId, mime, width, height, frames, durationMs, probe }),
    );
  }

  private async readMetadata(file: MediaFile, identified: Identified, options: MediaOptions): Promise<Record<string, unknown>> {
    return (await this.deps.media.metadata(file, identified, options)) ?? {};
  }

  /**
   * The asset as it is now, locked, so that nobody edits or replaces it meanwhile: what is written of it is computed from all that
   * people have written, and from nothing older. Null when it is gone or has got another version since the job began, whose own
   * job says what the asset is.
   */
  private async current(ctx: Ctx, row: AssetRow): Promise<AssetRow | null> {
    const { store, repository } = this.deps;
    if ((await store.lock(ctx, row.id)) === null) return null;
    const [now] = await repository.rows(ctx, [row.id], { trashed: true });
    return now?.versionId === row.versionId ? now : null;
  }

  private async store(ctx: Ctx, row: AssetRow, { identified, embedded, analysis, problem }: Understood): Promise<void> {
    const { store, metadata, assets } = this.deps;
    const now = await this.current(ctx, row);
    await store.storeIngested(ctx, {
      versionId: row.versionId,
      mime: identified.mime,
      extension: identified.extension,
      width: identified.width,
      height: identified.height,
      pages: identified.pages,
      frames: identified.frames,
      durationMs: identified.durationMs,
      hasAlpha: identified.hasAlpha,
      orientation: identified.orientation,
      colours: [...(analysis?.colours ?? [])],
      thumbhash: analysis?.thumbhash ?? null,
      phash: analysis?.phash ?? null,
      embedded,
      rights: rightsOf(embedded),
      probe: identified.probe,
    });
    if (now === null) return;
    await metadata.setEmbedded(ctx, row.id, embedded);
    // Only the first time: keywords that a person has removed must not come back.
    if (now.ingestedAt === null) await metadata.addTags(ctx, [row.id], metadata.keywords(embedded), 'embedded');
    await store.storeState(ctx, row.id, {
      kind: identified.kind,
      status: 'ready',
      failure: null,
      preview: problem
        ? { state: problem.state, reason: problem.reason, detail: problem.detail }
        : { state: 'ready', reason: null, detail: null },
    });
    await store.touch(ctx, [row.id]);
    await assets.announce(ctx, [now], 'asset.ready');
    if (identified.kind === 'video') await this.deps.onFilm(ctx, row.id);
  }

  private async fail(ctx: Ctx, row: AssetRow, code: string, detail: string): Promise<void> {
    const { store, assets } = this.deps;
    const now = await this.current(ctx, row);
    if (now === null) return;
    await store.storeState(ctx, row.id, {
      kind: now.kind,
      status: 'failed',
      failure: { code, detail },
      preview: { state: 'failed', reason: code, detail },
    });
    await store.touch(ctx, [row.id]);
    await assets.announce(ctx, [now], 'asset.failed');
  }
}
