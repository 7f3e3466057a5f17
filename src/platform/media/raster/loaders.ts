import sharp from 'sharp';

/** What a raster child may open, as libvips names it. Everything else answers "unsupported image format". */
const ALLOWED_LOADERS = [
  'VipsForeignLoadJpegBuffer',
  'VipsForeignLoadPngBuffer',
  'VipsForeignLoadWebpBuffer',
  'VipsForeignLoadNsgifBuffer',
  'VipsForeignLoadTiffBuffer',
  'VipsForeignLoadHeifBuffer',
];

/**
 * Input formats sharp 0.35's own libvips reports. A libvips of the system brings more loaders (ImageMagick, PDF,
 * OpenSlide …): then the allow-list above may no longer be whole, so the child refuses to start.
 */
export const EXPECTED_INPUT_FORMATS = ['gif', 'heif', 'jpeg', 'png', 'raw', 'svg', 'tiff', 'webp'];

/** Names of the formats sharp opens from a Buffer. */
export function inputFormats(): string[] {
  return Object.entries(sharp.format)
    .filter(([, format]) => format.input.buffer)
    .map(([name]) => name)
    .sort();
}

/** Throws when libvips can open more than the list above knows of. */
export function assertFormats(found: readonly string[] = inputFormats()): void {
  const extra = found.filter((name) => !EXPECTED_INPUT_FORMATS.includes(name));
  if (extra.length > 0) {
    throw new Error(
      `libvips brings loaders Damson does not know to be safe: ${extra.join(', ')}. Use the library that comes with sharp (unset SHARP_FORCE_GLOBAL_LIBVIPS).`,
    );
  }
}

/** Blocks every loader, then opens the given ones (default: the raster list) for Buffers. Paths never load. */
export function lockLoaders(allowed: readonly string[] = ALLOWED_LOADERS): void {
  sharp.block({ operation: ['VipsForeignLoad'] });
  sharp.unblock({ operation: [...allowed] });
}
