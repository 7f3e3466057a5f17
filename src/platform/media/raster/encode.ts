import type { Sharp } from 'sharp';
import type { Encode } from '../plan.ts';
import { rightsExif, rightsXmp } from './rights.ts';

/** Encoder settings. Changing anything here changes pixels: raise `PIPELINE_VERSION`. */

/**
 * AVIF's quality scale is steeper than JPEG's and WebP's: 50 looks like their 80. One `q` should mean one
 * look, so it is bent through that point (q 80 -> 50, q 100 -> 100).
 */
export function avifQuality(quality: number): number {
  return Math.max(1, Math.round(quality <= 80 ? quality * 0.625 : 50 + (quality - 80) * 2.5));
}

/** What the file says beside its pixels. */
function stated(given: Sharp, { density, rights }: Encode): Sharp {
  if (density === undefined && !rights) return given;
  const dense = density === undefined ? given : given.withDensity(density);
  // Sharp keeps all EXIF with a density, unless told to write some other: positions and serial numbers must not stay.
  const said = dense.withExif(rights ? rightsExif(rights) : {});
  return rights ? said.withXmp(rightsXmp(rights)) : said;
}

/** Adds the encoder to a pipeline. */
export function encode(given: Sharp, settings: Encode): Sharp {
  const pipeline = stated(given, settings);
  const { quality, lossless = false } = settings;
  switch (settings.format) {
    case 'jpeg':
      return pipeline.jpeg({
        quality,
        progressive: settings.progressive ?? false,
        ...(settings.fullChroma ? { chromaSubsampling: '4:4:4' } : {}),
      });
    case 'png':
      return pipeline.png({ compressionLevel: 6, progressive: settings.progressive ?? false });
    case 'webp':
      return pipeline.webp({ quality, lossless, effort: settings.effort ?? 4 });
    case 'avif':
      return pipeline.avif({ quality: avifQuality(quality), lossless, effort: settings.effort ?? 2 });
    case 'gif':
      return pipeline.gif();
  }
}
