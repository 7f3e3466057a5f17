import type { Land } from './demo.landscape.ts';
import type { Shot } from './demo.jar.ts';
import type { Icon, LogoForm } from './demo.logo.ts';
import type { Pattern } from './demo.pattern.ts';
import type { Place } from './demo.words.ts';

/** What is drawn; numbers choose from the lists of lights, flavours, tones. */
export type Scene =
  | { readonly kind: 'landscape'; readonly light: number; readonly land: Land }
  | { readonly kind: 'product'; readonly flavour: number; readonly shot: Shot }
  | { readonly kind: 'table'; readonly flavour: number }
  | { readonly kind: 'gift'; readonly flavour: number }
  | { readonly kind: 'portrait' }
  | { readonly kind: 'pattern'; readonly flavour: number; readonly pattern: Pattern }
  | { readonly kind: 'banner'; readonly flavour: number; readonly lines: readonly string[]; readonly call: string }
  | { readonly kind: 'logo'; readonly form: LogoForm; readonly tone: number }
  | { readonly kind: 'icon'; readonly icon: Icon; readonly colour: string }
  | { readonly kind: 'swatches' };

export interface Drawing {
  readonly scene: Scene;
  readonly seed: string;
  readonly width: number;
  readonly height: number;
}

/** How the file is made. */
export type Form =
  | {
      readonly kind: 'raster';
      readonly drawing: Drawing;
      readonly format: 'jpeg' | 'png' | 'webp' | 'avif' | 'tiff';
      readonly grain: boolean;
    }
  | { readonly kind: 'svg'; readonly drawing: Drawing }
  | { readonly kind: 'pdf'; readonly cover: Drawing; readonly headline: string; readonly lead: string }
  | { readonly kind: 'film'; readonly drawing: Drawing; readonly seconds: number; readonly seed: string }
  | { readonly kind: 'sound'; readonly seconds: number; readonly seed: string }
  | { readonly kind: 'table'; readonly text: string };

/** What a camera would have written. */
export interface Exposure {
  readonly make: string;
  readonly model: string;
  readonly lens: string;
  readonly millimetres: number;
  readonly aperture: number;
  /** `1/250` */
  readonly shutter: string;
  readonly iso: number;
}

export interface DemoItem {
  readonly name: string;
  readonly folder: string;
  readonly title: string;
  readonly description: string | null;
  readonly alt: string | null;
  readonly tags: readonly string[];
  readonly creator: string;
  readonly copyright: string;
  readonly licence: string | null;
  /** RFC 3339, UTC. */
  readonly taken: string;
  readonly exposure: Exposure | null;
  readonly place: Place | null;
  readonly publish: boolean;
  readonly form: Form;
}
