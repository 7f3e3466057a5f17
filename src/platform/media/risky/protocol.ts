import type { PreviewReason, VectorWish } from '../media.ts';

/** What a risky job is asked, as its one argument (JSON), and what it prints. */
export interface RiskyRequest {
  readonly decoder: 'svg' | 'vector' | 'pdf' | 'heic' | 'psd' | 'raster';
  /** `facts`: sizes only. `still`: also writes `still.png` into the working directory. */
  readonly action: 'facts' | 'still';
  /** 0-based. */
  readonly page: number;
  /** Longest side of the still, px. */
  readonly longest: number;
  readonly maxPixels: number;
  /** `psd` only: pages to draw in place of the whole, 1-based, ascending. */
  readonly layers?: readonly number[];
  /** `vector` only: it writes `vector.svg`. */
  readonly vector?: VectorWish;
}

/** Sizes are upright px; of the page asked for in a document, at 72 dpi. */
export interface RiskyFacts {
  readonly width: number;
  readonly height: number;
  readonly pages: number;
  readonly hasAlpha: boolean;
  readonly probe: Record<string, unknown>;
}

export interface RiskyStill {
  readonly width: number;
  readonly height: number;
}

export type RiskyAnswer =
  | { readonly ok: true; readonly facts: RiskyFacts; readonly still: RiskyStill | null }
  | { readonly ok: false; readonly reason: PreviewReason; readonly message: string };

/** Name of the still in the job's directory. */
export const STILL_FILE = 'still.png';
export const VECTOR_FILE = 'vector.svg';
