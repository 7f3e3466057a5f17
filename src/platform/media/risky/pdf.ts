import { readFile } from 'node:fs/promises';
import { PDFiumLibrary } from '@hyzyla/pdfium';
import sharp from 'sharp';
import { RasterError } from '../raster/raster-error.ts';
import type { RiskyFacts, RiskyRequest, RiskyStill } from './protocol.ts';
import { atMost, type Pixels, writeStill } from './still.ts';

const MOST_BYTES = 512 * 2 ** 20;

async function load(library: PDFiumLibrary, bytes: Buffer) {
  try {
    return await library.loadDocument(bytes);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    if (/password/i.test(text)) throw new RasterError('refused', 'The PDF is protected by a password.', error);
    throw new RasterError('damaged', 'The PDF could not be opened; it may be damaged.', error);
  }
}

/** Renders one page with PDFium (WebAssembly), upright, on white. */
export async function pdf(path: string, request: RiskyRequest): Promise<{ facts: RiskyFacts; still: RiskyStill | null }> {
  await atMost(path, MOST_BYTES);
  const library = await PDFiumLibrary.init();
  const document = await load(library, await readFile(path));
  const pages = document.getPageCount();
  if (request.page >= pages) throw new RasterError(pages === 0 ? 'damaged' : 'refused', `The document has ${pages} pages.`);
  const page = document.getPage(request.page);
  const { originalWidth: width, originalHeight: height } = page.getOriginalSize();
  if (!(width > 0 && height > 0)) throw new RasterError('damaged', 'The page has no size.');
  const facts = {
    width: Math.max(1, Math.round(width)),
    height: Math.max(1, Math.round(height)),
    pages,
    hasAlpha: false,
    probe: { format: 'pdf', pages, pageSizePt: [width, height] },
  };
  if (request.action === 'facts') return { facts, still: null };
  let pixels: Pixels | null = null;
  await page.render({
    // Never more than the still needs: a page of 14,400 points costs no more than an A4.
    scale: Math.min(8, request.longest / Math.max(width, height)),
    render: async (drawn) => {
      pixels = { data: drawn.data, width: drawn.width, height: drawn.height };
      return new Uint8Array();
    },
  });
  const drawn: Pixels | null = pixels;
  if (!drawn) throw new RasterError('damaged', 'The page could not be drawn.');
  const { data, ...size } = drawn as Pixels;
  const image = sharp(Buffer.from(data), { raw: { ...size, channels: 4 } }).flatten({ background: '#ffffff' });
  return { facts, still: await writeStill(image, request) };
}
