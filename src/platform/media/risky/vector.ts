import { writeFile } from 'node:fs/promises';
import { RasterError } from '../raster/raster-error.ts';
import { type RiskyFacts, type RiskyRequest, type RiskyStill, VECTOR_FILE } from './protocol.ts';
import { svg, svgBytes } from './svg.ts';
import { cleanSvg } from './svg-clean.ts';

/** By byte order mark, then by what the declaration says; UTF-8 otherwise (XML 1.0, appendix F). */
function decoded(bytes: Buffer): string {
  const wide = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null;
  const said = /^\s*<\?xml[^>]*encoding\s*=\s*["']([\w.:-]{1,40})["']/.exec(bytes.subarray(0, 300).toString('latin1'))?.[1];
  try {
    return new TextDecoder(wide ?? said ?? 'utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new RasterError('damaged', 'The text of the SVG cannot be read.', cause);
  }
}

/** Writes the SVG anew, without what could run or fetch. */
export async function vector(path: string, request: RiskyRequest): Promise<{ facts: RiskyFacts; still: RiskyStill | null }> {
  const { facts } = await svg(path, { ...request, action: 'facts' });
  const { size = null, rights = null } = request.vector ?? {};
  await writeFile(VECTOR_FILE, cleanSvg(decoded(await svgBytes(path)), { own: facts, size, rights }));
  return { facts, still: { width: size?.width ?? facts.width, height: size?.height ?? facts.height } };
}
