import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ctx } from '../../../context.ts';
import { hdrOf } from '../../../platform/media/film-plan.ts';
import {
  type Analysis,
  type Identified,
  type Media,
  type MediaFile,
  type MediaOptions,
  type PreviewProblem,
  previewProblemOf,
  type Still,
} from '../../../platform/media/media.ts';
import { keys } from '../../../platform/storage/keys.ts';
import type { Key, Storage } from '../../../platform/storage/storage.ts';
import type { Telemetry } from '../../../telemetry.ts';
import type { AssetRow } from '../assets/index.ts';
import { CLIP_RECIPE, type Renditions, type StandardPlan } from '../renditions/index.ts';

export interface PicturesDeps {
  renditions: Renditions;
  media: Media;
  storage: Storage;
  tempDir: string;
  telemetry: Telemetry;
}

const CLIP_DEADLINE_MS = 15 * 60_000;
/** Types whose pixels can be few colours without the header saying so; in the others noise or blending makes many. */
const MAY_BE_FLAT = new Set(['image/png', 'image/tiff']);

/** What there is to see of a version: derivatives that are kept, and what its pixels say. Doing it twice changes nothing. */
export class PicturesService {
  private readonly deps: PicturesDeps;

  constructor(deps: PicturesDeps) {
    this.deps = deps;
  }

  /** Thumbnail, preview, mezzanine, colours; for video and audio also the clip. A bad file ends as a reason, not as an error. */
  async make(
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
          toned: identified.kind === 'video' && hdrOf(identified.probe) !== null,
        };
        // A kind without a raster of its own keeps the still as its mezzanine: delivery starts from it.
        const mezzanine = !direct || this.deps.renditions.needsMezzanine(facts);
        const pixels = mezzanine ? await this.pixels(still, direct, identified, options) : {};
        const plans = this.deps.renditions.standardPlans(facts, { mezzanine, ...pixels });
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

  /** What decides whether the mezzanine is lossless: from the header where it knows, else from the pixels. */
  private async pixels(still: Still, direct: boolean, identified: Identified, options: MediaOptions) {
    if (direct) {
      const hasAlpha = identified.hasAlpha ?? false;
      const palette = identified.probe.isPalette === true;
      // Many files have an alpha channel and nothing transparent.
      if (palette || !(hasAlpha || MAY_BE_FLAT.has(identified.mime))) return { hasAlpha, fewColours: palette };
    }
    return this.deps.media.pixels({ path: still.path, bytes: 0 }, options);
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

  /** A film whose clip cannot be made keeps everything else: it plays from the original. */
  private async clip(ctx: Ctx, row: AssetRow, file: MediaFile, identified: Identified): Promise<void> {
    if (identified.kind !== 'video' && identified.kind !== 'audio') return;
    try {
      await this.makeClip(ctx, row, file, identified);
    } catch (error) {
      const problem = previewProblemOf(error);
      if (problem === null) throw error;
      const { reason, detail } = problem;
      this.deps.telemetry.log.warn({ assetId: row.id, versionId: row.versionId, reason, detail, err: error }, 'no web clip could be made');
    }
  }

  private async makeClip(ctx: Ctx, row: AssetRow, file: MediaFile, identified: Identified): Promise<void> {
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
      await this.deps.storage.put(key, createReadStream(target));
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
}
