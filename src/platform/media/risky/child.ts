import { writeSync } from 'node:fs';
import sharp from 'sharp';
import { toRasterError } from '../raster/raster-error.ts';
import type { RiskyAnswer, RiskyFacts, RiskyRequest, RiskyStill } from './protocol.ts';

/**
 * Entry of one sandboxed job: decodes `input` in the working directory, prints one line of JSON and ends.
 * Only the asked decoder is loaded.
 */

type Decoder = (path: string, request: RiskyRequest) => Promise<{ facts: RiskyFacts; still: RiskyStill | null }>;

const DECODERS: Record<RiskyRequest['decoder'], () => Promise<Decoder>> = {
  svg: async () => (await import('./svg.ts')).svg,
  vector: async () => (await import('./vector.ts')).vector,
  pdf: async () => (await import('./pdf.ts')).pdf,
  heic: async () => (await import('./heic.ts')).heic,
  psd: async () => (await import('./psd.ts')).psd,
  raster: async () => (await import('./huge.ts')).huge,
};

async function run(): Promise<RiskyAnswer> {
  try {
    sharp.concurrency(1);
    sharp.cache(false);
    const request: RiskyRequest = JSON.parse(process.argv[2] ?? '');
    const decode = await DECODERS[request.decoder]();
    return { ok: true, ...(await decode('input', request)) };
  } catch (error) {
    const { reason, message } = toRasterError(error);
    return { ok: false, reason, message };
  }
}

writeSync(1, JSON.stringify(await run()));
process.exit(0);
