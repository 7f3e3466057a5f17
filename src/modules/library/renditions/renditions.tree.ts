import type { BLENDS, OwnFont } from '../../../platform/media/plan.ts';
import type { Bound } from './operations/operation.ts';
import type { Length } from './operations/values.ts';
import type { Colour } from './renditions.colour.ts';
import type { Position } from './renditions.geometry.ts';
import type { Condition } from './renditions.syntax.ts';

/** A checked transformation as plain data: parts of it may have to wait for the pixels, and all of it is the identity of a derivative. */

export type FixedLength = Exclude<Length, { kind: 'auto' }>;

export type RecipeStep =
  | { readonly kind: 'items'; readonly ops: readonly Bound[]; readonly layers: readonly LayerRecipe[] }
  | {
      readonly kind: 'if';
      readonly condition: Condition;
      readonly then: readonly RecipeStep[];
      readonly otherwise: readonly RecipeStep[];
    };

/** A length from one edge, or from the opposite one (`N10`). */
export interface Offset {
  readonly value: FixedLength;
  readonly opposite: boolean;
}

export interface PlaceRecipe {
  readonly lx: Offset | null;
  readonly ly: Offset | null;
  readonly lxc: Offset | null;
  readonly lyc: Offset | null;
  /** The point of the picture that offsets start from. */
  readonly anchor: Position;
  readonly focus: Position;
}

/** A file that is laid over a film and is no picture. */
export interface LayerFile {
  readonly kind: 'film' | 'subtitles';
  /** Library path. */
  readonly path: string;
}

export type FilmSourceRecipe =
  | {
      readonly kind: 'film';
      readonly path: string;
      readonly start: FixedLength | null;
      readonly end: FixedLength | null;
      readonly duration: FixedLength | null;
    }
  | {
      readonly kind: 'subtitles';
      readonly path: string;
      /** null = by the height of the film. */
      readonly size: FixedLength | null;
      readonly colour: Colour;
      readonly font: string;
      readonly bold: boolean;
      readonly italic: boolean;
      readonly strike: boolean;
      readonly background: Colour | null;
      readonly outline: { readonly width: number; readonly colour: Colour } | null;
      readonly shadow: { readonly indent: number; readonly colour: Colour } | null;
    };

export type LayerSourceRecipe =
  | FilmSourceRecipe
  | { readonly kind: 'image'; readonly path: string; readonly page: number }
  | { readonly kind: 'solid'; readonly width: FixedLength; readonly height: FixedLength; readonly colour: Colour }
  | {
      readonly kind: 'text';
      readonly text: string;
      readonly width: FixedLength | null;
      readonly size: FixedLength;
      readonly colour: Colour;
      /** A family that comes with Damson, a file of the library, or (in a recipe) its number among the recipe's. */
      readonly font: string | { readonly path: string } | OwnFont;
      readonly bold: boolean;
      readonly italic: boolean;
      readonly strike: boolean;
      readonly align: 'left' | 'center' | 'right';
      readonly lineHeight: FixedLength | null;
      /** One length, or one to four in CSS order. */
      readonly padding: readonly FixedLength[];
      readonly background: Colour | null;
    };

export interface LayerRecipe {
  readonly source: LayerSourceRecipe;
  readonly steps: readonly RecipeStep[];
  readonly place: PlaceRecipe;
  readonly blend: (typeof BLENDS)[number];
  /** `displace` only: how far, px. */
  readonly reach: { readonly x: number; readonly y: number };
  /** When it is seen on a film. */
  readonly timing?: LayerTiming;
}

/** Seconds of the film below; null = not said. */
export interface LayerTiming {
  readonly start: FixedLength | null;
  readonly end: FixedLength | null;
  readonly duration: FixedLength | null;
}

/** Layer parameters of a first step, gathered for the layer to read. */
export interface LayerContext {
  /** Keys that mean something else in this type of layer than in a picture. */
  readonly keys: ReadonlySet<string>;
  /** Filled while the step is read. */
  readonly params: Record<string, string>;
  /** A margin is cut away unless `t-false`. */
  readonly trimmed: boolean;
}
