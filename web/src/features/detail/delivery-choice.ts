import { createStore } from '../../ui/store.ts';
import type { Asset } from '../../api/types.ts';
import { deliveryUrl, PRESETS, type Recipe, START, stillAddress } from './delivery-url.ts';

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

/** Where the picture of an asset is, given an address of the asset: of a film its still. */
export const pictureAddress = ({ kind }: Pick<Asset, 'kind'>, address: string): string =>
  kind === 'video' ? stillAddress(address) : address;

interface Chosen {
  /** What the address is built from. */
  readonly address: string;
  /** Absolute, as it is pasted elsewhere. */
  readonly url: string;
  /** Of the film as it is played; null for what is no film. */
  readonly film: string | null;
}

/** The address of the chosen version. */
export function chosenAddress(asset: Asset, { recipe, pinned }: Choice): Chosen {
  const plain = pinned ? asset.urls.versioned : asset.urls.delivery;
  const film = asset.kind === 'video' ? new URL(plain, location.origin).href : null;
  if (!isRaster(asset)) return { address: plain, url: new URL(plain, location.origin).href, film };
  const address = pictureAddress(asset, plain);
  return { address, url: deliveryUrl(address, recipe, location.origin), film };
}

/** What the chosen version looks like, asked for by the person themselves: that is no delivery, and counts as none. */
export function ownAddress(asset: Asset, { recipe }: Choice): string | null {
  const { transform } = asset.urls;
  return transform && deliveryUrl(pictureAddress(asset, transform), recipe, location.origin);
}

/** The text written for those who cannot see the picture comes first. */
export function altOf({ metadata, title, description, name }: Asset): string {
  const alt = metadata['alt']?.value;
  return (typeof alt === 'string' && alt) || title || description || name;
}
