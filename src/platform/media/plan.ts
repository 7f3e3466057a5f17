/**
 * What an image derivative is made of, as plain data: operations turn URL arguments into a plan in the server
 * (pure), `raster/run-plan.ts` turns the plan into sharp calls in a media child. Sizes are pixels, colours RGBA 0-255 (alpha 0-1).
 */

/**
 * Raised whenever an encoder setting or an operation changes the pixels of a derivative: it is part of every
 * recipe hash, so older derivatives are simply no longer addressed.
 */
export const PIPELINE_VERSION = 1;

export interface Rgba {
  readonly r: number;
  readonly g: number;
  readonly b: number;
  /** 0 transparent … 1 opaque. */
  readonly alpha: number;
}

export type Gravity9 = 'center' | 'top' | 'left' | 'bottom' | 'right' | 'top_left' | 'top_right' | 'bottom_left' | 'bottom_right';

export type PlanOp =
  /** Cut a box out of the current pixels. */
  | { readonly op: 'extract'; readonly left: number; readonly top: number; readonly width: number; readonly height: number }
  /** Scale to exactly this size (the ratio is the planner's business). */
  | { readonly op: 'scale'; readonly width: number; readonly height: number }
  /** Scale to cover, then keep the most interesting part (attention). */
  | { readonly op: 'attention'; readonly width: number; readonly height: number }
  /** Place the current pixels on a larger canvas. */
  | {
      readonly op: 'pad';
      readonly left: number;
      readonly top: number;
      readonly width: number;
      readonly height: number;
      readonly background: Rgba;
    }
  /** Clockwise degrees; other than right angles grow the canvas with `background`. */
  | { readonly op: 'rotate'; readonly degrees: number; readonly background: Rgba }
  | { readonly op: 'flip'; readonly horizontal: boolean; readonly vertical: boolean }
  | { readonly op: 'blur'; readonly sigma: number }
  | { readonly op: 'flatten'; readonly background: Rgba };

export type OutputFormat = 'jpeg' | 'png' | 'webp' | 'avif' | 'gif';

export interface Encode {
  readonly format: OutputFormat;
  /** 1-100; ignored by png and gif. */
  readonly quality: number;
  readonly lossless?: boolean;
  /** Encoder effort, fixed by the pipeline version. */
  readonly effort?: number;
  readonly progressive?: boolean;
  /** `strip` removes everything after converting to sRGB; `profile` keeps the ICC profile only. */
  readonly metadata: 'strip' | 'profile';
}

export interface ImagePlan {
  /** 0-based page or frame to take; `animated` keeps all frames. */
  readonly page: number;
  readonly animated: boolean;
  /** Apply EXIF orientation first (the planner's sizes are of the upright image). */
  readonly autoOrient: boolean;
  readonly ops: readonly PlanOp[];
  readonly encode: Encode;
}

export interface RenderedImage {
  readonly data: Buffer;
  readonly mime: string;
  readonly width: number;
  readonly height: number;
}
