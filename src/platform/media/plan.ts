/**
 * What an image derivative is made of, as plain data: operations turn URL arguments into a plan in the server
 * (pure), `raster/run-plan.ts` turns the plan into sharp calls in a media child. Sizes are pixels, colours RGBA 0-255 (alpha 0-1).
 */

/**
 * Raised whenever an encoder setting or an operation changes the pixels of a derivative: it is part of every
 * recipe hash, so older derivatives are simply no longer addressed.
 */
export const PIPELINE_VERSION = 3;

export interface Rgba {
  readonly r: number;
  readonly g: number;
  readonly b: number;
  /** 0 transparent … 1 opaque. */
  readonly alpha: number;
}

export interface PixelSize {
  readonly width: number;
  readonly height: number;
}

export type Gravity9 = 'center' | 'top' | 'left' | 'bottom' | 'right' | 'top_left' | 'top_right' | 'bottom_left' | 'bottom_right';

/** What lies behind a picture on a larger canvas, when it is no plain colour. */
export type Fill =
  /** The picture itself, covering the canvas, blurred. `sigma` null = by size; brightness -255 to 255 is added. */
  | { readonly kind: 'blurred'; readonly sigma: number | null; readonly brightness: number }
  | { readonly kind: 'dominant' }
  /** From the mean colours of two opposite edges, or of the four corners. */
  | { readonly kind: 'edges'; readonly colours: 2 | 4 };

/** Operations that one sharp pipeline can do several of, in an order of its own (`plan-stages.ts`). */
export type StageOp =
  /** Cut a box out of the current pixels. */
  | { readonly op: 'extract'; readonly left: number; readonly top: number; readonly width: number; readonly height: number }
  /** Scale to exactly this size (the ratio is the planner's business). */
  | { readonly op: 'scale'; readonly width: number; readonly height: number; readonly careful?: true }
  /** Scale to cover, then keep the most interesting part (attention). `careful`: the decoder leaves at least half of the scaling to us. */
  | { readonly op: 'attention'; readonly width: number; readonly height: number; readonly careful?: true }
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

/** Operations on decoded pixels, one after the other (`raster/pixel-ops/`). None but `trim` and `fill` changes the size. */
export type PixelOp =
  /** Removes a margin of nearly one colour; `threshold` 0-255. The size afterwards is known only then. */
  | { readonly op: 'trim'; readonly threshold: number }
  | { readonly op: 'greyscale' }
  /** Stretches the histogram. */
  | { readonly op: 'stretch' }
  /** `strength` 1-200 */
  | { readonly op: 'sharpen'; readonly strength: number }
  /** Adds `amount` times the difference to the blurred picture where it is more than `threshold` (0-1). */
  | { readonly op: 'unsharp'; readonly sigma: number; readonly amount: number; readonly threshold: number }
  /** Turns what is near `from` (null = the dominant colour) into `to`; tolerance 0-100. */
  | { readonly op: 'recolour'; readonly to: Rgba; readonly from: Rgba | null; readonly tolerance: number }
  /** Tints, keeping lightness; intensity 0-1. */
  | { readonly op: 'tint'; readonly colour: Rgba; readonly intensity: number }
  /** Where the four corners go, clockwise from top left, as px from the picture's own corner. */
  | { readonly op: 'perspective'; readonly corners: readonly number[] }
  /** Bends the picture to an arc of so many degrees, downwards when negative. */
  | { readonly op: 'arc'; readonly degrees: number }
  /** Laid over the picture; `angle` clockwise, 0 = towards the top; `stop` 0-1 = where `to` is reached. */
  | { readonly op: 'gradient'; readonly angle: number; readonly from: Rgba; readonly to: Rgba; readonly stop: number }
  /** Rounded corners, px, clockwise from top left; `max` = an ellipse. */
  | { readonly op: 'corners'; readonly radii: readonly [number, number, number, number] | 'max' }
  /** Behind what is not transparent. `opacity` 0-1, offsets px. */
  | { readonly op: 'shadow'; readonly sigma: number; readonly opacity: number; readonly x: number; readonly y: number }
  /** Multiplies alpha; 0-1. */
  | { readonly op: 'opacity'; readonly factor: number }
  /** `pad` with something made of the picture behind it. */
  | {
      readonly op: 'fill';
      readonly left: number;
      readonly top: number;
      readonly width: number;
      readonly height: number;
      readonly fill: Fill;
    }
  | { readonly op: 'layer'; readonly layer: LayerPlan };

/**
 * What cannot be planned before the size of the pixels is known: whoever runs the plan asks with it, and gets operations. `rest` is
 * plain data that only the planner understands; it belongs to the identity of the derivative. A media child sees a number in its place (`late-book.ts`).
 */
export interface LateOp {
  readonly op: 'late';
  readonly rest: unknown;
}

export type PlanOp = StageOp | PixelOp | LateOp;

/** A typeface of the library. */
export interface OwnFont {
  readonly file: number;
}

export interface TextSource {
  readonly kind: 'text';
  readonly text: string;
  /** Width of the box its lines are broken to and aligned in, px; null = as wide as it is. */
  readonly width: number | null;
  /** Size of the letters, px. */
  readonly size: number;
  readonly colour: Rgba;
  /** Name of a family that comes with Damson, or the number of a file given to the render. */
  readonly font: string | OwnFont;
  readonly bold: boolean;
  readonly italic: boolean;
  readonly strike: boolean;
  readonly align: 'left' | 'center' | 'right';
  /** Distance of lines, as a multiple of the font's own; null = that. */
  readonly lineHeight: number | null;
  /** The same in px, in place of it. */
  readonly lineDistance?: number;
  /** px around the text: top, right, bottom, left. */
  readonly padding: readonly [number, number, number, number];
  readonly background: Rgba | null;
}

/** How subtitles look; px. */
export interface SubtitleStyle {
  /** Height of a line of letters. */
  readonly size: number;
  readonly colour: Rgba;
  /** Name of a family that comes with Damson. */
  readonly font: string;
  readonly bold: boolean;
  readonly italic: boolean;
  readonly strike: boolean;
  readonly background: Rgba | null;
  readonly outline: { readonly width: number; readonly colour: Rgba } | null;
  readonly shadow: { readonly indent: number; readonly colour: Rgba } | null;
}

/** What only films are under; `input` counts the files beside the pictures. */
export type MovingSource =
  /** `wishes`: which part of it, plain data that only the planner understands. */
  | { readonly kind: 'film'; readonly input: number; readonly wishes: unknown }
  | { readonly kind: 'subtitles'; readonly input: number; readonly style: SubtitleStyle };

export type LayerSource =
  | MovingSource
  /** `input` counts the inputs of the render; `page` as in `ImagePlan`. */
  | { readonly kind: 'image'; readonly input: number; readonly page: number }
  | TextSource
  | { readonly kind: 'solid'; readonly width: number; readonly height: number; readonly colour: Rgba };

export const BLENDS = ['over', 'multiply', 'displace', 'cutout', 'cutter'] as const;

export interface LayerPlan {
  readonly source: LayerSource;
  readonly ops: readonly PlanOp[];
  /** Where its top left corner goes; `late` when that depends on its size. */
  readonly place: { readonly left: number; readonly top: number } | LateOp;
  readonly blend: (typeof BLENDS)[number];
  /** `displace` only: how far, px. */
  readonly reach?: { readonly x: number; readonly y: number };
  /** When it is seen on a film; plain data that only the planner understands. */
  readonly timing?: unknown;
}

/** Whose a picture is, how it may be used and how it came about, as its file said: stated again in a derivative. Texts are bounded. */
export interface Rights {
  readonly creators?: readonly string[];
  readonly copyright?: string;
  readonly credit?: string;
  /** In words. */
  readonly terms?: string;
  /** Address of the licence. */
  readonly licence?: string;
  /** IPTC's address of the digital source type: taken, drawn, made by a trained algorithm … */
  readonly digitalSource?: string;
}

export type OutputFormat = 'jpeg' | 'png' | 'webp' | 'avif' | 'gif';

export interface Encode {
  readonly format: OutputFormat;
  /** 1-100; ignored by png and gif. */
  readonly quality: number;
  readonly lossless?: boolean;
  /** Encoder effort, fixed by the pipeline version. */
  readonly effort?: number;
  readonly progressive?: boolean;
  /** JPEG keeps colours at full size; without it, at half of it (4:2:0). */
  readonly fullChroma?: true;
  /** Dots per inch to say in the file. */
  readonly density?: number;
  /** `strip` removes everything after converting to sRGB; `profile` keeps the ICC profile only. */
  readonly metadata: 'strip' | 'profile';
  /** Written as XMP and EXIF. */
  readonly rights?: Rights;
  /** The original's own metadata is to be copied into the result (`Media.copyTags`): the address says so, or a policy, which takes what can be had. */
  readonly tags?: 'asked' | 'policy';
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

/** Pixels as they are when a late operation is reached. */
export interface Measured extends PixelSize {
  readonly hasAlpha: boolean;
}

/** Answers a late operation: what to do next, or (for a place) `{left, top}` as an `extract` would say it. */
export type Resume = (rest: unknown, measured: Measured) => readonly PlanOp[] | { readonly left: number; readonly top: number };

export interface RenderedImage {
  readonly data: Buffer;
  readonly mime: string;
  readonly width: number;
  readonly height: number;
}
