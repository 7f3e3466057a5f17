import type { z } from 'zod';
import type { PlanOp, Rgba } from '../../../../platform/media/plan.ts';
import type { Size } from '../renditions.geometry.ts';

/** What an image operation is: arguments, place in the order of work, and a pure step from canvas to canvas. */

/** Order of work within one step (delivery-urls 6); the text order of parameters does not matter. */
export const PHASES = ['resize', 'turn', 'colour', 'sharpness', 'background', 'output', 'delivery'] as const;
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
  /** Upright size of the asset. */
  readonly source: Size;
  readonly hints: Hints;
  readonly ops: readonly PlanOp[];
}

export const FORMAT_CHOICES = ['auto', 'orig', 'jpeg', 'webp', 'avif', 'png', 'gif'] as const;
export type FormatChoice = (typeof FORMAT_CHOICES)[number];

/** Encoder wishes; those of any step apply to the one encode at the end, the last one wins. */
export interface Output {
  readonly format: FormatChoice;
  /** 1-100 */
  readonly quality: number;
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
  output?(args: z.infer<S>): Partial<Output>;
  readonly doc: OperationDoc;
}

/** Arguments of one operation, already checked, waiting for a canvas. */
export interface Bound {
  readonly operation: { readonly name: string; readonly phase: Phase };
  readonly apply: (canvas: Canvas) => Canvas;
  readonly output: Partial<Output>;
  /** Needs a client hint to have an effect: the answer varies on it. */
  readonly usesHints: readonly string[];
}

/** An operation as the registry holds it: checked against its own types, then only `bind` is needed. */
export interface Registered {
  readonly name: string;
  readonly keys: readonly string[];
  readonly phase: Phase;
  readonly doc: OperationDoc;
  /** Checks the arguments of one step. `problem` receives the key and the reason. */
  bind(raw: Readonly<Record<string, string>>, problem: (key: string, message: string) => Error): Bound;
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
      if (!parsed.success) {
        const issue = parsed.error.issues[0];
        const key = String(issue?.path[0] ?? operation.name);
        throw problem(key, `${key}-${String(raw[key] ?? '').slice(0, 60)}: ${issue?.message ?? 'not valid'}`);
      }
      const hinted = [raw.w === 'auto' ? 'width' : '', raw.dpr === 'auto' ? 'dpr' : ''].filter((hint) => hint !== '');
      return {
        operation,
        apply: (canvas) => operation.apply?.(parsed.data, canvas) ?? canvas,
        output: operation.output?.(parsed.data) ?? {},
        usesHints: operation.keys.includes('w') ? hinted : [],
      };
    },
  };
}

/** The canvas after one more plan operation. */
export function push(canvas: Canvas, op: PlanOp, size: Size, hasAlpha = canvas.hasAlpha): Canvas {
  return { ...canvas, width: size.width, height: size.height, hasAlpha, ops: [...canvas.ops, op] };
}

export const BLACK: Rgba = { r: 0, g: 0, b: 0, alpha: 1 };
