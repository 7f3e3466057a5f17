import { readFile, stat } from 'node:fs/promises';
import sharp from 'sharp';
import type { RenderedImage } from '../plan.ts';
import { analyze } from './analyze.ts';
import { factsOf } from './facts.ts';
import { pixelsOf } from './pixels.ts';
import type { Ingested, RasterRequest } from './protocol.ts';
import { tooLarge } from './raster-error.ts';
import { type RunOptions, runPlan, runPlans } from './run-plan.ts';

/** Larger originals are decoded in the sandbox, once, at ingest. */
export const MAX_RASTER_BYTES = 100 * 2 ** 20;

/** User bytes always reach sharp as a Buffer: by path, libvips would choose among more loaders and look at neighbours. */
async function load(path: string): Promise<Buffer> {
  const { size } = await stat(path);
  if (size > MAX_RASTER_BYTES) {
    throw tooLarge(`The file has ${size} bytes; at most ${MAX_RASTER_BYTES} are decoded here.`, {
      limit: 'bytes of a picture',
      given: size,
      allowed: MAX_RASTER_BYTES,
    });
  }
  return readFile(path);
}

async function ingest(input: Buffer, request: Extract<RasterRequest, { kind: 'ingest' }>): Promise<Ingested> {
  const { jobs, maxPixels } = request;
  const pictures = await runPlans(
    input,
    jobs.map((job) => job.plan),
    { maxPixels },
  );
  const smallest = pictures.reduce<RenderedImage | null>(
    (least, each) => (least && least.width * least.height <= each.width * each.height ? least : each),
    null,
  );
  const rendered: Record<string, RenderedImage> = {};
  for (const [index, job] of jobs.entries()) {
    const picture = pictures[index];
    if (picture) rendered[job.name] = picture;
  }
  return { analysis: await analyze(smallest?.data ?? input, maxPixels), rendered };
}

async function brightness(input: Buffer) {
  const grey = await sharp(input).resize(64, 64, { fit: 'fill' }).flatten().greyscale().raw({ depth: 'uchar' }).toBuffer();
  const mean = grey.reduce((sum, each) => sum + each, 0) / grey.length;
  const variance = grey.reduce((sum, each) => sum + (each - mean) ** 2, 0) / grey.length;
  return { mean, deviation: Math.sqrt(variance) };
}

/** Pictures of layers are read when their turn comes, one at a time. */
function render(input: Buffer, request: Extract<RasterRequest, { kind: 'render' }>, resume: NonNullable<RunOptions['resume']>) {
  const { plan, maxPixels, inputs = [], fonts = [] } = request;
  return runPlan(input, plan, { maxPixels, input: (index) => load(inputs[index] ?? ''), fonts, resume });
}

/** Does one request of a raster child; `resume` asks the server what follows a late operation. Throws `RasterError` or what sharp throws. */
export async function handle(request: RasterRequest, resume: NonNullable<RunOptions['resume']>): Promise<unknown> {
  const input = await load(request.path);
  switch (request.kind) {
    case 'facts':
      return factsOf(input);
    case 'render':
      return render(input, request, resume);
    case 'ingest':
      return ingest(input, request);
    case 'pixels':
      return pixelsOf(input, request.maxPixels);
    case 'brightness':
      return brightness(input);
  }
}
