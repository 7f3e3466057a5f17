import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { exiftoolPath } from 'exiftool-vendored';
import { runJob } from './job.ts';
import { decodeFailed, type MediaOptions } from './media.ts';
import { READABLE } from './metadata.ts';
import { openPlain } from './plain-file.ts';
import type { RenderedImage } from './plan.ts';
import type { JobRoom, Sandbox } from './sandbox.ts';
import { which } from './tools.ts';

/** Copies the metadata of an original into a derivative, in a room of its own (ADR 0311). */

/**
 * Schemas of XMP that are copied: what people, editors and agencies write. One that is not here does not go along: ExifTool knows sixty, and drones,
 * phones and naturalists have places for a position of their own in theirs.
 */
const SCHEMAS = [
  ...['dc', 'xmp', 'xmpRights', 'xmpMM', 'xmpBJ', 'photoshop', 'crs', 'lr', 'tiff', 'exif', 'exifEX', 'aux', 'iptcCore', 'iptcExt', 'plus'],
  ...[
    'xmpPLUS',
    'cc',
    'prism',
    'prl',
    'pur',
    'pmi',
    'mwg-kw',
    'mwg-coll',
    'microsoft',
    'digiKam',
    'acdsee',
    'mediapro',
    'photomech',
    'GPano',
  ],
];
/** ExifTool's groups of family 1: EXIF, IPTC and these. */
const COPIED = ['IFD0', 'ExifIFD', 'InteropIFD', 'IPTC', ...SCHEMAS.map((schema) => `XMP-${schema}`)];
/** Where somebody was, and what identifies their camera: never, in whatever schema. */
const PRIVATE = [
  ...['*GPS*', '*Latitude', '*Longitude', '*Longtitude', '*Altitude', '*Coordinate*', '*Footprint*', '*Serial*', 'MakerNotes:all'],
  // Structures hold a position or a serial number, an ingredient a whole packet.
  ...['LocationCreated*', 'LocationShown*', 'XMP-iptcExt:Rating*', 'RecDevice*', 'XMP-xmpMM:Pantry*', 'XMP-xmpMM:Ingredients*'],
  // Where a GeoTIFF lies on the map.
  ...['ModelTiePoint', 'ModelTransform', 'PixelScale', 'IntergraphMatrix', 'GeoTiff*'],
  ...['dwc', 'drone-dji', 'cell', 'Device'].map((schema) => `XMP-${schema}:all`),
];
/** What was true of the original's pixels only, and pictures within. */
const OF_PIXELS = [
  ...['Orientation', 'ExifImageWidth', 'ExifImageHeight', 'XMP-tiff:ImageWidth', 'XMP-tiff:ImageHeight', 'ColorSpace'],
  ...['XResolution', 'YResolution', 'ResolutionUnit', 'XMP-photoshop:DocumentAncestors', 'Thumbnails'],
];
const LIMITS = { cpuSeconds: 20, addressSpace: 4 * 2 ** 30, fileSize: 256 * 2 ** 20, openFiles: 64 };

/** `input` is the original. The second command must print nothing: what it names must not be there. */
const argsOf = (made: string, out: string): string[] => [
  ...['-q', '-q', '-m', '-tagsFromFile', 'input', ...COPIED.map((group) => `-${group}:all`)],
  ...[...PRIVATE, ...OF_PIXELS].map((tag) => `--${tag}`),
  ...['-o', out, made],
  ...['-execute', '-q', '-q', '-s3', '-a', ...PRIVATE.map((tag) => `-${tag}`), out],
];

/**
 * @param job with the room of the original
 * @param mime of the original: ExifTool is asked about some only
 * @throws decode_failed: `tool_missing` without perl; `timeout`; `damaged` when ExifTool gives up
 */
export async function copyTags(
  job: { sandbox: Sandbox; searchPath: string; room: JobRoom; options: MediaOptions },
  mime: string,
  made: RenderedImage,
): Promise<RenderedImage> {
  const { sandbox, searchPath, room, options } = job;
  if (!READABLE.test(mime)) throw decodeFailed({ detail: 'Metadata of this type is not read.', extra: { reason: 'unsupported_type' } });
  const perl = await which('perl', searchPath);
  if (!perl) throw decodeFailed({ detail: 'Metadata is copied by ExifTool, which needs perl.', extra: { reason: 'tool_missing' } });
  const extension = made.mime.replace(/^image\//, '').replace('jpeg', 'jpg');
  const [from, to] = [`made.${extension}`, `tagged.${extension}`];
  await writeFile(join(room.directory, from), made.data);
  const command = [perl, await exiftoolPath(), ...argsOf(from, to)];
  const { code, stdout, timedOut, elapsedMs } = await runJob(sandbox, room, command, { limits: LIMITS, env: { LANG: 'C' }, ...options });
  // Who was killed for its CPU time does not always look so from outside (`risky.ts`).
  if (timedOut || (code !== 0 && elapsedMs > LIMITS.cpuSeconds * 450))
    throw decodeFailed({ detail: 'Copying the metadata took too long and was stopped.', extra: { reason: 'timeout' } });
  const failed = (cause?: unknown) =>
    decodeFailed({ detail: 'The metadata of the file could not be copied.', extra: { reason: 'damaged' }, cause });
  if (code !== 0 || stdout.toString('utf8').trim() !== '') throw failed();
  const file = await openPlain(join(room.directory, to)).catch((error: unknown) => {
    throw failed(error);
  });
  return { ...made, data: await buffer(file.createReadStream()) };
}
