import { createStore } from '../../ui/store.ts';
import type { Asset } from '../../api/types.ts';
import { deliveryUrl, PRESETS, type Recipe, START } from './delivery-url.ts';

interface Choice {
  readonly recipe: Recipe;
  /** Name of the preset the recipe came from; empty once it was changed by hand. */
  readonly preset: string;
  readonly pinned: boolean;
}

/** The version of a picture a person builds addresses for: it stays from asset to asset, and `S` copies it. */
export const deliveryChoice = createStore<Choice>({ recipe: START, preset: 'web800', pinned: false });

export const changeRecipe = (part: Partial<Recipe>): void =>
  deliveryChoice.set((old) => ({ ...old, recipe: { ...old.recipe, ...part }, preset: '' }));

export const choosePreset = (preset: string): void =>
  deliveryChoice.set((old) => ({ ...old, preset, recipe: { ...START, ...PRESETS[preset] } }));

export const pinVersion = (pinned: boolean): void => deliveryChoice.set((old) => ({ ...old, pinned }));

/** Sizes and formats can be built for what has a picture. */
export const isRaster = (asset: Asset): boolean => asset.preview.state === 'ready' || asset.kind === 'image';

/** The address of the chosen version, and the one it is built from. Absolute, as it is pasted elsewhere. */
export function chosenAddress(asset: Asset, { recipe, pinned }: Choice): { address: string; url: string } {
  const address = pinned ? asset.urls.versioned : asset.urls.delivery;
  const url = isRaster(asset) ? deliveryUrl(address, recipe, location.origin) : new URL(address, location.origin).href;
  return { address, url };
}

/** The text written for those who cannot see the picture comes first. */
export function altOf({ metadata, title, description, name }: Asset): string {
  const alt = metadata['alt']?.value;
  return (typeof alt === 'string' && alt) || title || description || name;
}
