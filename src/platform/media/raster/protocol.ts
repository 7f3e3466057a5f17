import type { Analysis, Pixels, PreviewReason, RenderJob } from '../media.ts';
import type { ImagePlan, Measured, PlanOp, RenderedImage } from '../plan.ts';
import type { RasterLimit } from './raster-error.ts';

/** What crosses the channel between the server and a raster child (structured clone, Buffers whole). */

/** What the decoder says of a raster, before anything is decoded. Sizes are upright, of one page. */
export interface RasterFacts {
  readonly format: string;
  readonly width: number;
  readonly height: number;
  readonly pages: number;
  readonly hasAlpha: boolean;
  readonly orientation: number | null;
  /** Compression inside HEIF: `av1` or `hevc`. */
  readonly compression: string | null;
  readonly probe: Record<string, unknown>;
}

export interface Ingested {
  readonly analysis: Analysis;
  readonly rendered: Record<string, RenderedImage>;
}

export type RasterRequest =
  | { readonly kind: 'facts'; readonly path: string }
  | {
      readonly kind: 'render';
      readonly path: string;
      readonly plan: ImagePlan;
      readonly maxPixels: number;
      /** Files of the layers, by their number. */
      readonly inputs?: readonly string[];
      /** Typefaces of the library, by their number; only for a child of its own. */
      readonly fonts?: readonly string[];
    }
  | { readonly kind: 'ingest'; readonly path: string; readonly jobs: readonly RenderJob[]; readonly maxPixels: number }
  | { readonly kind: 'pixels'; readonly path: string; readonly maxPixels: number }
  /** Mean brightness (0-255) and its spread: is this still worth showing? */
  | { readonly kind: 'brightness'; readonly path: string };

export interface RasterResults {
  facts: RasterFacts;
  render: RenderedImage;
  ingest: Ingested;
  pixels: Pixels;
  brightness: { mean: number; deviation: number };
}

export interface RequestMessage {
  readonly id: number;
  readonly request: RasterRequest;
}

/** What follows a late operation, or why nothing does: then the job is over. */
export interface ResumeMessage {
  readonly id: number;
  readonly resume: readonly PlanOp[] | { readonly left: number; readonly top: number } | null;
}

export type ChildMessage =
  | { readonly type: 'ready'; readonly rss: number }
  | { readonly type: 'unfit'; readonly message: string }
  /** A late operation is reached; one at a time. */
  | { readonly type: 'late'; readonly id: number; readonly rest: unknown; readonly size: Measured; readonly rss: number }
  | { readonly type: 'done'; readonly id: number; readonly value: unknown; readonly rss: number }
  | {
      readonly type: 'failed';
      readonly id: number;
      readonly reason: PreviewReason;
      readonly message: string;
      readonly limit: RasterLimit | null;
      readonly rss: number;
    };
