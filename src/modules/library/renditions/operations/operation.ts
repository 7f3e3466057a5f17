import type { z } from 'zod';
import type { PixelOp, PlanOp, Rgba } from '../../../../platform/media/plan.ts';
import { type Framing, framingAfter } from '../renditions.framing.ts';
import type { Size } from '../renditions.geometry.ts';
import { overLimit } from '../renditions.problem.ts';

/** What an image operation is: arguments, place in the order of work, and a pure step from canvas to canvas. */

/** Order of work within one step (delivery-urls 6); the text order of parameters does not matter. Layers come before the output. */
export const PHASES = [
  'page',
  'trim',
  'resize',
  'turn',
  'colour',
  'sharpness',
  'distort',
  'gradient',
  'border',
  'radius',
  'shadow',
  'background',
  'output',
  'delivery',
] as const;
export type Phase = (typeof PHASES)[number];

/** Device facts a client may send along; null when it did not. */
export interface Hints {
  /** Physical px, `Sec-CH-Width`. */
  readonly width: number | null;
  /** `Sec-CH-DPR`. */
  readonly dpr: number | null;
}

/** The picture while it is planned. Immutable: an operation returns the next one. */
export interface Canvas extends Size {
  readonly hasAlpha: boolean;
  /** Upright size of the asset; in a layer, of the layer's picture. */
  readonly source: Size;
  /** Size of the picture below; null outside layers. */
  readonly base: Size | null;
  readonly hints: Hints;
  /** Dots per inch that the file of the asset says (`idn`); absent in layers and films. */
  readonly density?: number;
  /** What a person marked as important, where it is on this canvas; null = nothing, or nobody knows any more. */
  readonly framing: Framing | null;
  readonly ops: readonly PlanOp[];
  /** It is a film: layers have their times. */
  readonly moving?: true;
  /** The last operation made the size unknown: what follows is planned when the pixels are there. */
  readonly open: boolean;
}

export const FORMAT_CHOICES = ['auto', 'orig', 'jpeg', 'webp', 'avif', 'png', 'gif', 'svg'] as const;
export type FormatChoice = (typeof FORMAT_CHOICES)[number];

/** Encoder wishes; those of any step apply to the one encode at the end, the last one wins. */
export interface Output {
  readonly format: FormatChoice;
  /** 1-100; null = not said. */
  readonly quality: number | null;
  readonly progressive: boolean;
  readonly lossless: boolean;
  /** The ICC profile is kept. */
  readonly profile: boolean;
  /** Dots per inch; null = not said. */
  readonly density: number | null;
  /** The file's own metadata is kept. */
  readonly metadata: boolean;
}

export interface OperationDoc {
  readonly summary: string;
  /** Key to accepted values and meaning, one table row each. */
  readonly parameters: Readonly<Record<string, string>>;
  /** A transformation that shows it. */
  readonly example: string;
}

export interface Operation<S extends z.ZodObject = z.ZodObject> {
  readonly name: string;
  /** Parameters that belong to this operation; `args` may read others' too (the background). */
  readonly keys: readonly string[];
  readonly phase: Phase;
  /** Texts in (a bare key is `true`), typed arguments out. */
  readonly args: S;
  apply?(args: z.infer<S>, canvas: Canvas): Canvas;
  output?(args: z.infer<S>, canvas: Canvas): Partial<Output>;
  readonly doc: OperationDoc;
}

/** Arguments of one operation, already checked, waiting for a canvas: plain data. */
export interface Bound {
  readonly name: string;
  readonly args: unknown;
}

/** An operation as the registry holds it: checked against its own types, then only this is needed. */
export interface Registered {
  readonly name: string;
  readonly keys: readonly string[];
  readonly phase: Phase;
  readonly doc: OperationDoc;
  /** Checks the arguments of one step. `problem` receives the key and the reason. */
  bind(raw: Readonly<Record<string, string>>, problem: (key: string, message: string) => Error): Bound;
  /** `args` as `bind` returned them. */
  apply(args: unknown, canvas: Canvas): Canvas;
  output(args: unknown, canvas: Canvas): Partial<Output>;
}

/** Registers an operation; its argument types are inferred from the schema. */
export function defineOperation<S extends z.ZodObject>(operation: Operation<S>): Registered {
  return {
    name: operation.name,
    keys: operation.keys,
    phase: operation.phase,
    doc: operation.doc,
    bind(raw, problem) {
      const parsed = operation.args.safeParse(raw);
      if (parsed.success) return { name: operation.name, args: parsed.data };
      const issue = parsed.error.issues[0];
      const key = String(issue?.path[0] ?? operation.name);
      throw problem(key, `${key}-${String(raw[key] ?? '').slice(0, 60)}: ${issue?.message ?? 'not valid'}`);
    },
    // Only `bind` makes arguments, and only for its own operation.
    apply: (args, canvas) => operation.apply?.(args as z.infer<S>, canvas) ?? canvas,
    output: (args, canvas) => operation.output?.(args as z.infer<S>, canvas) ?? {},
  };
}

/** Longest side one may ask for, px. */
export const MAX_SIDE = 16_384;
/** Most pixels between two operations. */
export const MAX_PIXELS = 100_000_000;

/**
 * The canvas after one more plan operation.
 * @throws ELIMIT when it grows beyond what is held in memory
 */
export function push(canvas: Canvas, op: PlanOp, size: Size, hasAlpha = canvas.hasAlpha): Canvas {
  const [longest, pixels] = [Math.max(size.width, size.height), size.width * size.height];
  if (longest > MAX_SIDE && longest > Math.max(canvas.width, canvas.height)) throw overLimit('longest side', longest, MAX_SIDE);
  if (pixels > MAX_PIXELS && pixels > canvas.width * canvas.height) throw overLimit('pixels', pixels, MAX_PIXELS);
  const framing = framingAfter(canvas.framing, op, canvas, size);
  return { ...canvas, width: size.width, height: size.height, hasAlpha, framing, ops: [...canvas.ops, op] };
}

/** Most pixels of a canvas for operations that look at each of them. */
export const MAX_PIXEL_WORK = 25_000_000;

/**
 * The canvas after an operation on its pixels.
 * @throws ELIMIT when there are too many of them
 */
export function pushPixels(canvas: Canvas, op: PixelOp, hasAlpha = canvas.hasAlpha): Canvas {
  const pixels = canvas.width * canvas.height;
  if (pixels > MAX_PIXEL_WORK) throw overLimit(`pixels of ${op.op}`, pixels, MAX_PIXEL_WORK);
  return push(canvas, op, canvas, hasAlpha);
}

export const BLACK: Rgba = { r: 0, g: 0, b: 0, alpha: 1 };
export const CLEAR: Rgba = { r: 0, g: 0, b: 0, alpha: 0 };
