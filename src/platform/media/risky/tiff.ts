/** Raw pixels as a TIFF (6.0) in memory, so that libvips gets them with their colour space, depth and profile. Pure. */

export interface TiffPixels {
  /** Interleaved, 16-bit samples little-endian. */
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
  readonly bits: 8 | 16;
  readonly colours: 'grey' | 'rgb' | 'cmyk';
  /** One more channel: unassociated alpha. */
  readonly alpha: boolean;
  readonly icc: Buffer | null;
}

const COLOURS = {
  grey: { channels: 1, photometric: 1 },
  rgb: { channels: 3, photometric: 2 },
  cmyk: { channels: 4, photometric: 5 },
} as const;
const [UNDEFINED, SHORT, LONG] = [7, 3, 4];

/** One uncompressed strip; offsets are 32 bits wide. @throws RangeError beyond 4 GB */
export function tiffOf({ data, width, height, bits, colours, alpha, icc }: TiffPixels): Buffer {
  const { channels, photometric } = COLOURS[colours];
  const samples = channels + (alpha ? 1 : 0);
  const tail: Buffer[] = [];
  let end = 8 + data.length;
  const far = (bytes: Buffer): number => {
    const at = end;
    tail.push(bytes);
    end += bytes.length;
    return at;
  };
  if (data.length % 2 === 1) far(Buffer.alloc(1));
  const depths = Buffer.alloc(samples * 2);
  for (let i = 0; i < samples; i++) depths.writeUInt16LE(bits, i * 2);
  // What fits into four bytes stands in the entry itself.
  const depthsValue = samples <= 2 ? depths.readUIntLE(0, samples * 2) : far(depths);
  const entries: [tag: number, type: number, count: number, value: number][] = [
    [256, LONG, 1, width],
    [257, LONG, 1, height],
    [258, SHORT, samples, depthsValue],
    [259, SHORT, 1, 1],
    [262, SHORT, 1, photometric],
    [273, LONG, 1, 8],
    [277, SHORT, 1, samples],
    [278, LONG, 1, height],
    [279, LONG, 1, data.length],
    [284, SHORT, 1, 1],
  ];
  if (alpha) entries.push([338, SHORT, 1, 2]);
  if (icc) {
    entries.push([34675, UNDEFINED, icc.length, far(icc)]);
    if (icc.length % 2 === 1) far(Buffer.alloc(1));
  }
  const directory = Buffer.alloc(2 + entries.length * 12 + 4);
  directory.writeUInt16LE(entries.length, 0);
  for (const [i, [tag, type, count, value]] of entries.entries()) {
    directory.writeUInt16LE(tag, 2 + i * 12);
    directory.writeUInt16LE(type, 4 + i * 12);
    directory.writeUInt32LE(count, 6 + i * 12);
    directory.writeUInt32LE(value, 10 + i * 12);
  }
  const head = Buffer.from('49492a0000000000', 'hex');
  head.writeUInt32LE(end, 4);
  return Buffer.concat([head, data, ...tail, directory]);
}
