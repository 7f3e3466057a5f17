import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ctx } from '../../../context.ts';
import type { TransactionRunner } from '../../../platform/database/database.ts';
import {
  type Analysis,
  type Identified,
  type Media,
  type MediaFile,
  type MediaOptions,
  type PreviewProblem,
  previewProblemOf,
} from '../../../platform/media/media.ts';
import type { JobRun } from '../../../platform/queue/queue.ts';
import { keys } from '../../../platform/storage/keys.ts';
import type { Key, Storage } from '../../../platform/storage/storage.ts';
import { ingested, ingestFailed, type Telemetry } from '../../../telemetry.ts';
import type { AssetRow, AssetsRepository, AssetsService, AssetsStoreRepository } from '../assets/index.ts';
import type { MetadataService } from '../metadata/index.ts';
import { CLIP_RECIPE, type Renditions, type StandardPlan } from '../renditions/index.ts';

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
}

interface Understood {
  readonly identified: Identified;
  readonly embedded: Record<string, unknown>;
  readonly analysis: Analysis | null;
  /** Size of the raster that stands for the file, for kinds that have none of their own. */
  readonly problem: PreviewProblem | null;
}

const RASTER_DEADLINE_MS = 120_000;
const CLIP_DEADLINE_MS = 15 * 60_000;

/** From stored bytes to a *ready* asset: type, metadata, renditions, analysis. Running it twice changes nothing. */
export class IngestService {
  private readonly deps: IngestDeps;

  constructor(deps: IngestDeps) {
    this.deps = deps;
  }

  async ingest(ctx: Ctx, payload: { assetId: string; versionId: string }, run: JobRun): Promise<void> {
    const { repository, storage } = this.deps;
    const [row] = await repository.rows(ctx, [payload.assetId], { trashed: true });
    // Gone, or replaced by a newer version whose own job follows.
    if (!row || row.versionId !== payload.versionId) return;
    const began = performance.now();
    const understood = await storage.withLocalFile(keys.original(ctx.workspaceId, row.blobId), (path) =>
      this.understand(ctx, row, { path, bytes: row.bytes }),
    );
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
    const [embedded, picture] = await Promise.all([
      this.readMetadata(file, identified, options),
      this.picture(ctx, row, file, identified, options),
    ]);
    return { identified, embedded, ...picture };
  }

  private async readMetadata(file: MediaFile, identified: Identified, options: MediaOptions): Promise<Record<string, unknown>> {
    return (await this.deps.media.metadata(file, identified, options)) ?? {};
  }

  /** Thumbnail, preview, mezzanine, colours; for video and audio also the clip. A bad file ends as a reason, not as an error. */
  private async picture(
    ctx: Ctx,
    row: AssetRow,
    file: MediaFile,
    identified: Identified,
    options: MediaOptions,
  ): Promise<{ analysis: Analysis | null; problem: PreviewProblem | null }> {
    if (identified.problem) return { analysis: null, problem: identified.problem };
    const { media } = this.deps;
    try {
      const analysis = await media.withStill(file, identified, options, async (still) => {
        const direct = still.path === file.path;
        const facts = {
          workspaceId: ctx.workspaceId,
          blobId: row.blobId,
          width: still.width,
          height: still.height,
          hasAlpha: direct ? (identified.hasAlpha ?? false) : true,
          mime: direct ? identified.mime : 'image/png',
          frames: 1,
          pages: 1,
        };
        // A kind without a raster of its own keeps the still as its mezzanine: delivery starts from it.
        const plans = this.deps.renditions.standardPlans(facts, direct ? {} : { mezzanine: true });
        const { analysis, rendered } = await media.ingest(
          { path: still.path, bytes: file.bytes },
          plans.map(({ name, plan }) => ({ name, plan })),
          options,
        );
        await Promise.all(plans.map((plan) => this.keep(ctx, row, plan, rendered[plan.name])));
        return analysis;
      });
      await this.clip(ctx, row, file, identified);
      return { analysis, problem: null };
    } catch (error) {
      const problem = previewProblemOf(error);
      if (problem === null) throw error;
      return { analysis: null, problem };
    }
  }

  private async keep(
    ctx: Ctx,
    row: AssetRow,
    plan: StandardPlan,
    rendered: { data: Buffer; mime: string; width: number; height: number } | undefined,
  ): Promise<void> {
    if (!rendered) throw new Error(`the media child did not make ${plan.name}`);
    await this.deps.renditions.store(ctx, row.versionId, plan, rendered);
  }

  private async clip(ctx: Ctx, row: AssetRow, file: MediaFile, identified: Identified): Promise<void> {
    if (identified.kind !== 'video' && identified.kind !== 'audio') return;
    const dir = await mkdtemp(join(this.deps.tempDir, 'clip-'));
    try {
      const target = join(dir, 'clip');
      const made = await this.deps.media.clip(file, identified, target, {
        signal: ctx.signal,
        deadlineMs: CLIP_DEADLINE_MS,
        lane: 'ingest',
      });
      if (!made) return;
      const key: Key = keys.derived(ctx.workspaceId, row.blobId, CLIP_RECIPE, made.mime.startsWith('audio/') ? 'm4a' : 'mp4');
      await this.deps.storage.put(key, await readFile(target));
      await this.deps.renditions.record(ctx, row.versionId, {
        recipeHash: CLIP_RECIPE,
        name: 'clip',
        storageKey: key,
        mime: made.mime,
        width: 0,
        height: 0,
        bytes: made.bytes,
      });
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  }

  private async store(ctx: Ctx, row: AssetRow, { identified, embedded, analysis, problem }: Understood): Promise<void> {
    const { store, metadata, assets } = this.deps;
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
      probe: identified.probe,
    });
    await metadata.setEmbedded(ctx, row.id, embedded);
    // Only the first time: keywords that a person has removed must not come back.
    if (row.ingestedAt === null) await metadata.addTags(ctx, [row.id], metadata.keywords(embedded), 'embedded');
    await store.storeState(ctx, row.id, {
      kind: identified.kind,
      status: 'ready',
      failure: null,
      preview: problem
        ? { state: problem.state, reason: problem.reason, detail: problem.detail }
        : { state: 'ready', reason: null, detail: null },
    });
    await store.touch(ctx, [row.id]);
    await assets.announce(ctx, [row], 'asset.ready');
  }

  private async fail(ctx: Ctx, row: AssetRow, code: string, detail: string): Promise<void> {
    const { store, assets } = this.deps;
    await store.storeState(ctx, row.id, {
      kind: row.kind,
      status: 'failed',
      failure: { code, detail },
      preview: { state: 'failed', reason: code, detail },
    });
    await store.touch(ctx, [row.id]);
    await assets.announce(ctx, [row], 'asset.failed');
  }
}
