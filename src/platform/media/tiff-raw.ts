const SUBFILE_TYPE = 0xfe;
const COMPRESSION = 0x103;
const MAKE = 0x10f;
const SUB_IFDS = 0x14a;
const DNG_VERSION = 0xc612;
/** Makers' own compressions (Sony, Nikon, Samsung, Pentax), never used in plain TIFF. */
const RAW_COMPRESSIONS = new Set([32767, 32770, 34713, 65535]);

/**
 * Camera raws are TIFF files whose first picture is a small preview; opened as TIFF they would give that and call it the
 * photo. Returns the raw type the first directory speaks for, null for an ordinary TIFF. `head`: the file's first bytes.
 */
export function cameraRaw(head: Buffer): { mime: string; extension: string } | null {
  if (head.length < 16) return null;
  const little = head[0] === 0x49;
  const u16 = (at: number) => (at + 2 <= head.length ? (little ? head.readUInt16LE(at) : head.readUInt16BE(at)) : 0);
  const u32 = (at: number) => (at + 4 <= head.length ? (little ? head.readUInt32LE(at) : head.readUInt32BE(at)) : 0);
  if (head.toString('latin1', 8, 10) === 'CR') return { mime: 'image/x-canon-cr2', extension: 'cr2' };
  const start = u32(4);
  const tags = new Map<number, number>();
  for (let entry = 0; entry < Math.min(u16(start), 200); entry++) {
    const at = start + 2 + entry * 12;
    tags.set(u16(at), u16(at + 2) === 3 ? u16(at + 8) : u32(at + 8));
  }
  if (tags.has(DNG_VERSION)) return { mime: 'image/x-adobe-dng', extension: 'dng' };
  if (!tags.has(MAKE)) return null;
  const reduced = tags.get(SUBFILE_TYPE) === 1 && tags.has(SUB_IFDS);
  return reduced || RAW_COMPRESSIONS.has(tags.get(COMPRESSION) ?? 0) ? { mime: 'image/x-raw', extension: 'raw' } : null;
}
