import { exactProfile } from './icc.ts';
import type { TiffPixels } from './tiff.ts';

/**
 * The flattened picture of a PSD or PSB with everything that says which colours it is: space, depth, profile ("Adobe Photoshop File Formats
 * Specification"). For greys, RGB and CMYK of 8 and 16 bits, raw or packed; null for the rest. Pure.
 */

const COLOURS = { 1: 'grey', 3: 'rgb', 4: 'cmyk' } as const;
const CHANNELS = { grey: 1, rgb: 3, cmyk: 4 } as const;
const ICC_RESOURCE = 1039;

function iccOf(resources: Buffer): Buffer | null {
  for (let at = 0; at + 12 <= resources.length; ) {
    const nameLength = resources.readUInt8(at + 6) + 1;
    const sizeAt = at + 6 + nameLength + (nameLength % 2);
    const size = resources.readUInt32BE(sizeAt);
    if (resources.readUInt16BE(at + 4) === ICC_RESOURCE) return resources.subarray(sizeAt + 4, sizeAt + 4 + size);
    at = sizeAt + 4 + size + (size % 2);
  }
  return null;
}

/** PackBits: `n` >= 0 is followed by n + 1 bytes as they are, negative `n` by one that stands 1 - n times. */
function unpack(from: Buffer, into: Buffer): void {
  let [at, to] = [0, 0];
  while (at < from.length && to < into.length) {
    const n = from.readInt8(at++);
    if (n >= 0) {
      to += from.copy(into, to, at, Math.min(at + n + 1, at + into.length - to));
      at += n + 1;
    } else if (n > -128) {
      into.fill(from[at] ?? 0, to, Math.min(to + 1 - n, into.length));
      to = Math.min(to + 1 - n, into.length);
      at += 1;
    }
  }
}

interface Layout {
  /** Of all planes of the file. */
  readonly rows: number;
  /** The first ones, of which anything is needed: the others are spot colours and masks. */
  readonly wanted: number;
  readonly rowBytes: number;
  readonly large: boolean;
}

/** The wanted planes one after the other, all rows unpacked; null for a compression that is not read here. */
function planesOf(data: Buffer, { rows, wanted, rowBytes, large }: Layout): Buffer | null {
  const compression = data.readUInt16BE(0);
  if (compression === 0) return data.length - 2 >= wanted * rowBytes ? data.subarray(2, 2 + wanted * rowBytes) : null;
  if (compression !== 1) return null;
  const out = Buffer.alloc(wanted * rowBytes);
  const width = large ? 4 : 2;
  // The lengths of all rows stand before the first one.
  let at = 2 + rows * width;
  for (let row = 0; row < wanted; row++) {
    const length = large ? data.readUInt32BE(2 + row * 4) : data.readUInt16BE(2 + row * 2);
    unpack(data.subarray(at, at + length), out.subarray(row * rowBytes, (row + 1) * rowBytes));
    at += length;
  }
  return out;
}

/** Photoshop lays half-transparent pixels on white (all bits set, in CMYK too): that is taken off again. */
function withoutMatte(planes: Buffer, pixels: number, colours: number, bytes: 1 | 2): void {
  const most = bytes === 2 ? 0xffff : 0xff;
  const get = (at: number) => (bytes === 2 ? planes.readUInt16BE(at * 2) : (planes[at] as number));
  const set = (at: number, value: number) => (bytes === 2 ? planes.writeUInt16BE(value, at * 2) : (planes[at] = value));
  for (let i = 0; i < pixels; i++) {
    const alpha = get(colours * pixels + i);
    if (alpha === 0 || alpha === most) continue;
    for (let channel = 0; channel < colours; channel++) {
      const at = channel * pixels + i;
      set(at, Math.min(most, Math.max(0, Math.round(((get(at) - (most - alpha)) * most) / alpha))));
    }
  }
}

function interleaved(planes: Buffer, pixels: number, channels: number, bytes: 1 | 2, inverted: number): Buffer {
  const out = Buffer.alloc(pixels * channels * bytes);
  const step = channels * bytes;
  for (let channel = 0; channel < channels; channel++) {
    const flip = channel < inverted ? 0xff : 0;
    const plane = channel * pixels * bytes;
    for (let i = 0; i < pixels; i++) {
      const to = i * step + channel * bytes;
      // Big-endian in, little-endian out.
      if (bytes === 2) {
        out[to] = (planes[plane + i * 2 + 1] as number) ^ flip;
        out[to + 1] = (planes[plane + i * 2] as number) ^ flip;
      } else out[to] = (planes[plane + i] as number) ^ flip;
    }
  }
  return out;
}

/** A negative count of layers says that the first channel beyond the colours is the transparency of the whole. */
function hasTransparency(layers: Buffer, large: boolean): boolean {
  const countAt = large ? 8 : 4;
  return layers.length >= countAt + 2 && layers.readInt16BE(countAt) < 0;
}

/** The profile of an RGB file; null = none that can be used. */
export function psdProfile(bytes: Buffer): Buffer | null {
  const resourcesAt = 30 + bytes.readUInt32BE(26);
  const start = resourcesAt + 4;
  return exactProfile(iccOf(bytes.subarray(start, start + bytes.readUInt32BE(resourcesAt))), 'rgb');
}

/** @throws RangeError when the file ends too early */
export function psdComposite(bytes: Buffer): TiffPixels | null {
  const large = bytes.readUInt16BE(4) === 2;
  const [channels, height, width, depth, mode] = [
    bytes.readUInt16BE(12),
    bytes.readUInt32BE(14),
    bytes.readUInt32BE(18),
    bytes.readUInt16BE(22),
    bytes.readUInt16BE(24),
  ];
  const colours = mode === 1 || mode === 3 || mode === 4 ? COLOURS[mode] : null;
  if (!colours || (depth !== 8 && depth !== 16) || channels < CHANNELS[colours]) return null;
  let at = 26;
  const section = (wide = false): Buffer => {
    const length = wide ? Number(bytes.readBigUInt64BE(at)) : bytes.readUInt32BE(at);
    const start = at + (wide ? 8 : 4);
    at = start + length;
    return bytes.subarray(start, at);
  };
  section();
  const icc = exactProfile(iccOf(section()), colours);
  const layers = section(large);
  const alpha = channels > CHANNELS[colours] && hasTransparency(layers, large);
  const used = CHANNELS[colours] + (alpha ? 1 : 0);
  const size = depth === 16 ? 2 : 1;
  const planes = planesOf(bytes.subarray(at), { rows: channels * height, wanted: used * height, rowBytes: width * size, large });
  if (!planes) return null;
  if (alpha) withoutMatte(planes, width * height, CHANNELS[colours], size);
  const data = interleaved(planes, width * height, used, size, colours === 'cmyk' ? 4 : 0);
  return { data, width, height, bits: depth, colours, alpha, icc };
}
