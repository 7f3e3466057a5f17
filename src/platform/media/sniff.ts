import { gunzipSync, constants } from 'node:zlib';
import type { Kind } from './media.ts';
import { rootElement } from './xml-root.ts';

/**
 * Which decoder a file's first bytes call for. A guess to be confirmed by that decoder; the name plays no part
 * except among plain-text types, which are never decoded.
 */
export type Family = 'empty' | 'raster' | 'raw' | 'heic' | 'psd' | 'svg' | 'pdf' | 'av' | 'playlist' | 'stored';

export interface Sniffed {
  readonly family: Family;
  readonly kind: Kind;
  readonly mime: string;
  readonly extension: string;
  /** ffmpeg demuxers this container may be opened with, comma-separated. */
  readonly demuxers?: string;
}

const OCTETS: Sniffed = { family: 'stored', kind: 'other', mime: 'application/octet-stream', extension: 'bin' };
const sniffed = (family: Family, kind: Kind, mime: string, extension: string, demuxers?: string): Sniffed => ({
  family,
  kind,
  mime,
  extension,
  ...(demuxers === undefined ? {} : { demuxers }),
});

const MOV = 'mov,mp4,m4a,3gp,3g2,mj2';

/** `offset, bytes (latin1)` -> type. First match wins. */
const MAGIC: readonly (readonly [number, string, Sniffed])[] = [
  [0, '\xff\xd8\xff', sniffed('raster', 'image', 'image/jpeg', 'jpg')],
  [0, '\x89PNG\r\n\x1a\n', sniffed('raster', 'image', 'image/png', 'png')],
  [0, 'GIF87a', sniffed('raster', 'image', 'image/gif', 'gif')],
  [0, 'GIF89a', sniffed('raster', 'image', 'image/gif', 'gif')],
  [8, 'WEBP', sniffed('raster', 'image', 'image/webp', 'webp')],
  [0, 'II*\0', sniffed('raster', 'image', 'image/tiff', 'tif')],
  [0, 'MM\0*', sniffed('raster', 'image', 'image/tiff', 'tif')],
  [0, 'II+\0', sniffed('raster', 'image', 'image/tiff', 'tif')],
  [0, 'MM\0+', sniffed('raster', 'image', 'image/tiff', 'tif')],
  [0, '8BPS\0\x01', sniffed('psd', 'image', 'image/vnd.adobe.photoshop', 'psd')],
  [0, '8BPS\0\x02', sniffed('stored', 'image', 'image/vnd.adobe.photoshop', 'psb')],
  [0, '%!PS', sniffed('stored', 'document', 'application/postscript', 'eps')],
  [0, '\xc5\xd0\xd3\xc6', sniffed('stored', 'document', 'application/postscript', 'eps')],
  [0, 'FUJIFILMCCD-RAW', sniffed('raw', 'image', 'image/x-fuji-raf', 'raf')],
  [0, 'IIU\0', sniffed('raw', 'image', 'image/x-panasonic-rw2', 'rw2')],
  [0, 'IIRO', sniffed('raw', 'image', 'image/x-olympus-orf', 'orf')],
  [0, 'IIRS', sniffed('raw', 'image', 'image/x-olympus-orf', 'orf')],
  [0, 'BM', sniffed('stored', 'image', 'image/bmp', 'bmp')],
  [0, '\0\0\x01\0', sniffed('stored', 'image', 'image/vnd.microsoft.icon', 'ico')],
  [0, '\xff\x0a', sniffed('stored', 'image', 'image/jxl', 'jxl')],
  [0, '\0\0\0\x0cJXL \r\n\x87\n', sniffed('stored', 'image', 'image/jxl', 'jxl')],
  [0, '\0\0\0\x0cjP  \r\n\x87\n', sniffed('stored', 'image', 'image/jp2', 'jp2')],
  [0, 'v/1\x01', sniffed('stored', 'image', 'image/x-exr', 'exr')],
  [0, '\x1a\x45\xdf\xa3', sniffed('av', 'video', 'video/x-matroska', 'mkv', 'matroska,webm')],
  [8, 'AVI ', sniffed('av', 'video', 'video/x-msvideo', 'avi', 'avi')],
  [8, 'WAVE', sniffed('av', 'audio', 'audio/wav', 'wav', 'wav')],
  [8, 'AIFF', sniffed('av', 'audio', 'audio/aiff', 'aif', 'aiff')],
  [8, 'AIFC', sniffed('av', 'audio', 'audio/aiff', 'aif', 'aiff')],
  [0, 'fLaC', sniffed('av', 'audio', 'audio/flac', 'flac', 'flac')],
  [0, 'OggS', sniffed('av', 'audio', 'audio/ogg', 'ogg', 'ogg')],
  [0, 'ID3', sniffed('av', 'audio', 'audio/mpeg', 'mp3', 'mp3')],
  [0, '\0\0\x01\xba', sniffed('av', 'video', 'video/mpeg', 'mpg', 'mpeg')],
  [0, 'FLV\x01', sniffed('av', 'video', 'video/x-flv', 'flv', 'flv')],
  [0, '\x30\x26\xb2\x75\x8e\x66\xcf\x11', sniffed('av', 'video', 'video/x-ms-asf', 'wmv', 'asf')],
  [0, '{\\rtf', sniffed('stored', 'document', 'application/rtf', 'rtf')],
  [0, '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', sniffed('stored', 'document', 'application/x-ole-storage', 'doc')],
  [0, '\x06\x06\xed\xf5\xd8\x1d\x46\xe5', sniffed('stored', 'document', 'application/x-indesign', 'indd')],
  [0, 'OTTO', sniffed('stored', 'other', 'font/otf', 'otf')],
  [0, '\0\x01\0\0\0', sniffed('stored', 'other', 'font/ttf', 'ttf')],
  [0, 'ttcf', sniffed('stored', 'other', 'font/collection', 'ttc')],
  [0, 'wOFF', sniffed('stored', 'other', 'font/woff', 'woff')],
  [0, 'wOF2', sniffed('stored', 'other', 'font/woff2', 'woff2')],
  [0, 'glTF', sniffed('stored', 'other', 'model/gltf-binary', 'glb')],
  [0, '7z\xbc\xaf\x27\x1c', sniffed('stored', 'other', 'application/x-7z-compressed', '7z')],
  [0, 'Rar!\x1a\x07', sniffed('stored', 'other', 'application/vnd.rar', 'rar')],
  [0, '\xfd7zXZ\0', sniffed('stored', 'other', 'application/x-xz', 'xz')],
  [0, 'BZh', sniffed('stored', 'other', 'application/x-bzip2', 'bz2')],
  [257, 'ustar', sniffed('stored', 'other', 'application/x-tar', 'tar')],
];

const ZIPS: readonly (readonly [string, Sniffed])[] = [
  ['word/', sniffed('stored', 'document', 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'docx')],
  ['xl/', sniffed('stored', 'document', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'xlsx')],
  ['ppt/', sniffed('stored', 'document', 'application/vnd.openxmlformats-officedocument.presentationml.presentation', 'pptx')],
  ['vnd.oasis.opendocument.text', sniffed('stored', 'document', 'application/vnd.oasis.opendocument.text', 'odt')],
  ['vnd.oasis.opendocument.spreadsheet', sniffed('stored', 'document', 'application/vnd.oasis.opendocument.spreadsheet', 'ods')],
  ['vnd.oasis.opendocument.presentation', sniffed('stored', 'document', 'application/vnd.oasis.opendocument.presentation', 'odp')],
  ['application/epub+zip', sniffed('stored', 'document', 'application/epub+zip', 'epub')],
];

/** Plain-text types: only these go by the name, since nothing in the bytes tells them apart. HTML is kept as text on purpose. */
const TEXTS: Record<string, readonly [string, string]> = {
  txt: ['text/plain', 'txt'],
  log: ['text/plain', 'log'],
  md: ['text/plain', 'md'],
  html: ['text/plain', 'html'],
  htm: ['text/plain', 'html'],
  xml: ['text/plain', 'xml'],
  csv: ['text/csv', 'csv'],
  tsv: ['text/plain', 'tsv'],
  json: ['application/json', 'json'],
  yaml: ['text/plain', 'yaml'],
  yml: ['text/plain', 'yml'],
  srt: ['application/x-subrip', 'srt'],
  vtt: ['text/vtt', 'vtt'],
};

const AVIF_BRANDS = new Set(['avif', 'avis']);
const HEIC_BRANDS = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1']);

/** ISO base media: the brands in `ftyp` say which of the many formats it is. */
function isoMedia(latin: string): Sniffed | null {
  if (latin.slice(4, 8) !== 'ftyp') {
    // QuickTime files of before 2001 begin with one of these.
    return ['moov', 'mdat', 'wide', 'pnot', 'skip', 'free'].includes(latin.slice(4, 8))
      ? sniffed('av', 'video', 'video/quicktime', 'mov', MOV)
      : null;
  }
  const end = Math.min(256, (latin.charCodeAt(2) << 8) | latin.charCodeAt(3));
  const brands = [latin.slice(8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(latin.slice(at, at + 4));
  const major = brands[0] ?? '';
  if (major === 'crx ') return sniffed('raw', 'image', 'image/x-canon-cr3', 'cr3');
  if (brands.some((brand) => AVIF_BRANDS.has(brand))) return sniffed('raster', 'image', 'image/avif', 'avif');
  if (HEIC_BRANDS.has(major)) return sniffed('heic', 'image', 'image/heic', 'heic');
  if (major === 'qt  ') return sniffed('av', 'video', 'video/quicktime', 'mov', MOV);
  if (major.startsWith('M4A') || major.startsWith('M4B')) return sniffed('av', 'audio', 'audio/mp4', 'm4a', MOV);
  if (major.startsWith('M4V')) return sniffed('av', 'video', 'video/x-m4v', 'm4v', MOV);
  if (major.startsWith('3gp') || major.startsWith('3g2')) return sniffed('av', 'video', 'video/3gpp', '3gp', MOV);
  return sniffed('av', 'video', 'video/mp4', 'mp4', MOV);
}

/** First bytes as text; null when they are binary. A cut multi-byte character at the end is allowed. */
function textOf(head: Buffer): string | null {
  const utf16 = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  if (utf16) return new TextDecoder(head[0] === 0xff ? 'utf-16le' : 'utf-16be').decode(head);
  if (head.includes(0)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
  } catch {
    // SVG and old text in Latin-1 still count as text.
    return head.every((byte) => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d)) ? head.toString('latin1') : null;
  }
}

/** The beginning of a gzip stream, unpacked: 1 kB of input can become at most about 1 MB. */
function unzippedHead(head: Buffer): Buffer | null {
  try {
    return gunzipSync(head.subarray(0, 1024), { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: 2 ** 21 });
  } catch {
    return null;
  }
}

const PLAYLIST = /^(#EXTM3U|ffconcat version|\[playlist\]|v=0\r?\no=)/;

function textual(text: string, extension: string): Sniffed {
  const body = text.replace(/^\ufeff/, '');
  const root = rootElement(body);
  if (root === 'svg') return sniffed('svg', 'image', 'image/svg+xml', 'svg');
  if (PLAYLIST.test(body) || root === 'MPD') return sniffed('playlist', 'other', 'application/octet-stream', 'bin');
  const known = TEXTS[extension];
  return known ? sniffed('stored', 'document', known[0], known[1]) : OCTETS;
}

/** `head`: at least the first 4 kB (better 64 kB) of the file; `name`: as received. Pure. */
export function sniff(head: Buffer, name: string): Sniffed {
  if (head.length === 0) return { ...OCTETS, family: 'empty' };
  const latin = head.subarray(0, 1100).toString('latin1');
  if (/^[\s\S]{0,1024}%PDF-/.test(latin)) return sniffed('pdf', 'document', 'application/pdf', 'pdf');
  for (const [offset, magic, type] of MAGIC) {
    if (!latin.startsWith(magic, offset)) continue;
    if (offset === 8 && !latin.startsWith('RIFF') && !latin.startsWith('FORM')) continue;
    if (type.extension === 'mkv' && latin.includes('webm')) return { ...type, mime: 'video/webm', extension: 'webm' };
    return type;
  }
  const media = isoMedia(latin);
  if (media) return media;
  const extension = /\.([a-z0-9]{1,8})$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  if (latin.startsWith('PK\x03\x04')) {
    const names = head.toString('latin1');
    return ZIPS.find(([part]) => names.includes(part))?.[1] ?? sniffed('stored', 'other', 'application/zip', 'zip');
  }
  if (latin.startsWith('\x1f\x8b')) {
    const inner = unzippedHead(head);
    const text = inner && textOf(inner);
    if (text && rootElement(text.replace(/^\ufeff/, '')) === 'svg') return sniffed('svg', 'image', 'image/svg+xml', 'svgz');
    return sniffed('stored', 'other', 'application/gzip', 'gz');
  }
  // MPEG audio frames: eleven set bits, a layer and a bit rate that exist.
  const [first = 0, second = 0, third = 0] = head;
  if (first === 0xff && (second & 0xe0) === 0xe0 && (second & 0x18) !== 0x08 && third >> 4 !== 15) {
    if ((second & 0xf6) === 0xf0) return sniffed('av', 'audio', 'audio/aac', 'aac', 'aac');
    // Layers III and II; layer I (0xFE, 0xFF) is extinct and looks like a UTF-16 mark.
    if ((second & 0x06) === 0x02 || (second & 0x06) === 0x04) return sniffed('av', 'audio', 'audio/mpeg', 'mp3', 'mp3');
  }
  if (first === 0x47 && head[188] === 0x47 && head[376] === 0x47) return sniffed('av', 'video', 'video/mp2t', 'ts', 'mpegts');
  const text = textOf(head);
  return text === null ? OCTETS : textual(text, extension);
}
