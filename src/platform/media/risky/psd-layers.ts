import { type BlendMode, initializeCanvas, type Layer, type PixelData, readPsd } from 'ag-psd';
import sharp, { type Blend, type OverlayOptions, type Sharp } from 'sharp';
import { RasterError } from '../raster/raster-error.ts';
import { psdProfile } from './psd-composite.ts';
import { tiffOf } from './tiff.ts';

/** Single layers of a PSD, in the order in which they lie: the lowest first. Groups count through their layers (ADR 0314). */

const MOST_LAYERS = 500;
const MOST_NAME = 100;
/** All layers are decoded with the one that is wanted. */
const MOST_PIXELS = 400_000_000;
const QUIET = { skipThumbnail: true, useImageData: true, logMissingFeatures: false, throwForMissingFeatures: false } as const;

/** A layer with what its groups do to it. */
interface Leaf {
  readonly layer: Layer;
  /** 0-1 */
  readonly opacity: number;
  /** From the outermost. */
  readonly groups: readonly Layer[];
}

/** Fill differs from opacity in effects only, which are not drawn. */
const opacityOf = ({ opacity = 1, fillOpacity = 1 }: Layer): number => opacity * fillOpacity;

function leavesOf(layers: readonly Layer[] = [], above: Omit<Leaf, 'layer'> = { opacity: 1, groups: [] }): Leaf[] {
  return layers.flatMap((layer) => {
    const opacity = above.opacity * opacityOf(layer);
    return layer.children ? leavesOf(layer.children, { opacity, groups: [...above.groups, layer] }) : [{ ...above, layer, opacity }];
  });
}

function withoutCanvas(): void {
  initializeCanvas(
    () => {
      throw new RasterError('unsupported_type', 'Layers of this kind are not drawn.');
    },
    (width, height) => ({ width, height, data: new Uint8ClampedArray(width * height * 4), colorSpace: 'srgb' as const }),
  );
}

/** Names of all layers; empty when they cannot be read. */
export function layerNames(bytes: Buffer): string[] {
  try {
    withoutCanvas();
    const { children } = readPsd(bytes, { ...QUIET, skipLayerImageData: true, skipCompositeImageData: true });
    return leavesOf(children)
      .slice(0, MOST_LAYERS)
      .map(({ layer }) => (layer.name ?? '').slice(0, MOST_NAME));
  } catch {
    return [];
  }
}

/** Photoshop's names of what libvips can do. */
const BLENDS: Partial<Record<BlendMode, Blend>> = {
  normal: 'over',
  'pass through': 'over',
  multiply: 'multiply',
  screen: 'screen',
  overlay: 'overlay',
  darken: 'darken',
  lighten: 'lighten',
  'color dodge': 'colour-dodge',
  'color burn': 'colour-burn',
  'hard light': 'hard-light',
  'soft light': 'soft-light',
  difference: 'difference',
  exclusion: 'exclusion',
  'linear dodge': 'add',
};

const unsupported = (what: string) => new RasterError('unsupported_type', what);

function pixelsOf(image: PixelData | undefined): Uint8ClampedArray | null {
  if (!image) return null;
  if (image.data instanceof Uint8ClampedArray) return image.data;
  throw unsupported('Layers of this depth are not drawn.');
}

type Mask = (x: number, y: number) => number;

/** Opacity of a pixel by the mask of a layer or group, 0-1; null = it has none. */
function maskOf({ mask }: Layer): Mask | null {
  if (!mask || mask.disabled) return null;
  if ((mask.userMaskFeather ?? 0) > 0 || (mask.vectorMaskFeather ?? 0) > 0) throw unsupported('Masks with feathered edges are not drawn.');
  const data = pixelsOf(mask.imageData);
  const { left = 0, top = 0, defaultColor = 0, imageData } = mask;
  const [width, height] = [imageData?.width ?? 0, imageData?.height ?? 0];
  const density = (mask.fromVectorData ? mask.vectorMaskDensity : mask.userMaskDensity) ?? 1;
  return (x, y) => {
    const inside = x >= left && y >= top && x < left + width && y < top + height;
    const value = inside && data ? (data[((y - top) * width + x - left) * 4] ?? 0) : defaultColor;
    return 1 - density * (1 - value / 255);
  };
}

/** The part of the layer that lies on the picture; null = none. */
function sheetOf({ layer, opacity, groups }: Leaf, picture: { width: number; height: number }): OverlayOptions | null {
  const pixels = pixelsOf(layer.imageData);
  if (!pixels || !layer.imageData) throw unsupported('The layer has no pixels of its own (an adjustment, or empty).');
  const [ownLeft, ownTop, ownWidth] = [layer.left ?? 0, layer.top ?? 0, layer.imageData.width];
  const [left, top] = [Math.max(0, ownLeft), Math.max(0, ownTop)];
  const width = Math.min(picture.width, ownLeft + ownWidth) - left;
  const height = Math.min(picture.height, ownTop + layer.imageData.height) - top;
  if (width <= 0 || height <= 0) return null;
  const masks = [...groups, layer].flatMap((each) => maskOf(each) ?? []);
  const input = Buffer.alloc(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = ((top + y - ownTop) * ownWidth + left + x - ownLeft) * 4;
      const to = (y * width + x) * 4;
      for (let channel = 0; channel < 3; channel++) input[to + channel] = pixels[from + channel] ?? 0;
      const seen = masks.reduce((share, mask) => share * mask(left + x, top + y), opacity);
      input[to + 3] = Math.round((pixels[from + 3] ?? 0) * seen);
    }
  }
  return { input, raw: { width, height, channels: 4 }, left, top };
}

/** Only what the others below do not change is drawn in company. */
function blendOf({ layer: { blendMode = 'normal', clipping }, groups }: Leaf): Blend {
  const blend = BLENDS[blendMode];
  if (!blend) throw unsupported(`Layers that are blended by "${blendMode}" are not laid on others.`);
  if (clipping) throw unsupported('Layers that are clipped by another are not laid on others.');
  for (const group of groups) {
    const mode = group.blendMode ?? 'pass through';
    if (BLENDS[mode] !== 'over') throw unsupported(`Layers of a group that is blended by "${mode}" are not laid on others.`);
    // All but "pass through" blend within the group, before the group is laid on what is below.
    if (mode === 'normal' && blend !== 'over') throw unsupported('Layers that are blended within a group are not laid on others.');
  }
  return blend;
}

function overlaysOf(leaf: Leaf, alone: boolean, picture: { width: number; height: number }): OverlayOptions[] {
  const blend = alone ? 'over' : blendOf(leaf);
  const sheet = sheetOf(leaf, picture);
  return sheet ? [{ ...sheet, blend }] : [];
}

/**
 * The layers of these pages on a sheet of the picture's size; page 1 is the whole picture, page 2 the lowest layer. Hidden ones are drawn: they were asked for.
 * @throws RasterError
 */
export async function psdLayers(bytes: Buffer, pages: readonly number[]): Promise<Sharp> {
  withoutCanvas();
  const known = leavesOf(readPsd(bytes, { ...QUIET, skipLayerImageData: true, skipCompositeImageData: true }).children);
  const area = ({ layer: { left = 0, top = 0, right = 0, bottom = 0 } }: Leaf) => Math.max(0, right - left) * Math.max(0, bottom - top);
  if (known.reduce((sum, leaf) => sum + area(leaf), 0) > MOST_PIXELS)
    throw new RasterError('too_large', 'The layers together have too many pixels.');
  const whole = pages.includes(1);
  const { children, width, height, imageData } = readPsd(bytes, { ...QUIET, skipCompositeImageData: !whole });
  const leaves = leavesOf(children);
  const wanted = pages.flatMap((page) => leaves[page - 2] ?? []);
  const alone = wanted.length === 1 && !whole;
  const ground = whole ? pixelsOf(imageData) : new Uint8ClampedArray(width * height * 4);
  if (!ground) throw unsupported('The file keeps no flattened picture.');
  const overlays = wanted.flatMap((leaf) => overlaysOf(leaf, alone, { width, height }));
  const data = await sharp(Buffer.from(ground.buffer), { raw: { width, height, channels: 4 } })
    .composite(overlays)
    .raw()
    .toBuffer();
  const icc = psdProfile(bytes);
  const picture = sharp(tiffOf({ data, width, height, bits: 8, colours: 'rgb', alpha: true, icc }), { limitInputPixels: false });
  return icc ? picture.keepIccProfile() : picture.toColourspace('srgb');
}
