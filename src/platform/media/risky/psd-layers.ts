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
}

function leavesOf(layers: readonly Layer[] = [], opacity = 1): Leaf[] {
  return layers.flatMap((layer) => {
    const own = opacity * (layer.opacity ?? 1);
    return layer.children ? leavesOf(layer.children, own) : [{ layer, opacity: own }];
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

/** Opacity of a pixel by the layer's mask, 0-1. */
function maskOf({ mask }: Layer): (x: number, y: number) => number {
  const data = mask && !mask.disabled ? pixelsOf(mask.imageData) : null;
  if (!mask || mask.disabled) return () => 1;
  const { left = 0, top = 0, defaultColor = 0, imageData } = mask;
  const [width, height] = [imageData?.width ?? 0, imageData?.height ?? 0];
  return (x, y) => {
    const inside = x >= left && y >= top && x < left + width && y < top + height;
    return (inside && data ? (data[((y - top) * width + x - left) * 4] ?? 0) : defaultColor) / 255;
  };
}

interface Sheet {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

/** The layer alone on a sheet of the picture's size. */
function sheetOf({ layer, opacity }: Leaf, width: number, height: number): Sheet {
  const pixels = pixelsOf(layer.imageData);
  if (!pixels || !layer.imageData) throw unsupported('The layer has no pixels of its own (an adjustment, or empty).');
  const { left = 0, top = 0 } = layer;
  const [ownWidth, ownHeight] = [layer.imageData.width, layer.imageData.height];
  const mask = maskOf(layer);
  const data = Buffer.alloc(width * height * 4);
  for (let y = Math.max(0, top); y < Math.min(height, top + ownHeight); y++) {
    for (let x = Math.max(0, left); x < Math.min(width, left + ownWidth); x++) {
      const from = ((y - top) * ownWidth + x - left) * 4;
      const to = (y * width + x) * 4;
      for (let channel = 0; channel < 3; channel++) data[to + channel] = pixels[from + channel] ?? 0;
      data[to + 3] = Math.round((pixels[from + 3] ?? 0) * opacity * mask(x, y));
    }
  }
  return { data, width, height };
}

function overlayOf(leaf: Leaf, alone: boolean, width: number, height: number): OverlayOptions {
  const { blendMode = 'normal', clipping } = leaf.layer;
  const blend = alone ? 'over' : BLENDS[blendMode];
  if (!blend) throw unsupported(`Layers that are blended by "${blendMode}" are not laid on others.`);
  if (clipping && !alone) throw unsupported('Layers that are clipped by another are not laid on others.');
  return { input: sheetOf(leaf, width, height).data, raw: { width, height, channels: 4 }, left: 0, top: 0, blend };
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
  const overlays = wanted.map((leaf) => overlayOf(leaf, alone, width, height));
  const data = await sharp(Buffer.from(ground.buffer), { raw: { width, height, channels: 4 } })
    .composite(overlays)
    .raw()
    .toBuffer();
  const icc = psdProfile(bytes);
  const picture = sharp(tiffOf({ data, width, height, bits: 8, colours: 'rgb', alpha: true, icc }), { limitInputPixels: false });
  return icc ? picture.keepIccProfile() : picture.toColourspace('srgb');
}
