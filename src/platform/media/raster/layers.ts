import type { LayerPlan, LayerSource } from '../plan.ts';
import { blank, copyOf, inColour, measured, over, type Raw, withAlpha } from './raw.ts';
import { RasterError } from './raster-error.ts';
import { faceOf } from './typeface.ts';
import { drawText, solid } from './text.ts';
import type { RunEnv } from './run-env.ts';

/** Layers: made like a picture of their own, then put on the one below. */

/** How the interpreter makes pictures, given to avoid a circle of imports. */
export interface LayerTools {
  /** Decodes an input, upright. */
  input(index: number, page: number): Promise<Raw>;
  work(raw: Raw, ops: LayerPlan['ops']): Promise<Raw>;
}

async function sourceOf(source: LayerSource, tools: LayerTools, env: RunEnv): Promise<Raw> {
  switch (source.kind) {
    case 'image':
      return tools.input(source.input, source.page);
    case 'text':
      return drawText(source, await faceOf(source.font, env));
    case 'solid':
      return solid(source.width, source.height, source.colour);
    default:
      throw new RasterError('refused', 'Films and subtitles are laid over films only.');
  }
}

async function placeOf(layer: LayerPlan, picture: Raw, env: RunEnv): Promise<{ left: number; top: number }> {
  if (!('op' in layer.place)) return layer.place;
  const place = await env.resume(layer.place.rest, measured(picture));
  if ('left' in place) return place;
  throw new RasterError('refused', 'The layer has no place.');
}

/** Moves each pixel of the picture by what the layer says at that place: red to the sides, green up and down; grey (128) stays. */
async function displaced(raw: Raw, map: Raw, at: { left: number; top: number }, reach: { x: number; y: number }): Promise<Raw> {
  const picture = await withAlpha(raw);
  const colours = await withAlpha(await inColour(map));
  const out = copyOf(picture);
  const { width, height } = picture;
  for (let y = Math.max(0, at.top); y < Math.min(height, at.top + map.height); y++) {
    for (let x = Math.max(0, at.left); x < Math.min(width, at.left + map.width); x++) {
      const m = ((y - at.top) * map.width + (x - at.left)) * 4;
      const strength = (colours.data[m + 3] as number) / 255;
      const dx = Math.round((((colours.data[m] as number) - 128) / 128) * reach.x * strength);
      const dy = Math.round((((colours.data[m + 1] as number) - 128) / 128) * reach.y * strength);
      const from = (Math.min(height - 1, Math.max(0, y + dy)) * width + Math.min(width - 1, Math.max(0, x + dx))) * 4;
      picture.data.copy(out.data, (y * width + x) * 4, from, from + 4);
    }
  }
  return out;
}

/** The picture with the layer on it, in, or cut out of it. */
export async function layOn(raw: Raw, layer: LayerPlan, tools: LayerTools, env: RunEnv): Promise<Raw> {
  const made = await tools.work(await sourceOf(layer.source, tools, env), layer.ops);
  const { left, top } = await placeOf(layer, made, env);
  switch (layer.blend) {
    case 'over':
    case 'multiply':
      return over(raw, made, left, top, layer.blend);
    case 'cutout':
      return over(raw, made, left, top, 'dest-out');
    case 'cutter':
      // Outside the layer nothing is kept: it is laid on an empty sheet of the picture's size first.
      return over(raw, await over(blank(raw.width, raw.height), made, left, top), 0, 0, 'dest-in');
    case 'displace':
      return displaced(raw, made, { left, top }, layer.reach ?? { x: 0, y: 0 });
  }
}
