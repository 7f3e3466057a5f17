/** A small PDF 1.4 writer: pages of vector shapes, words in the standard fonts, one JPEG a page. */

export interface PdfPage {
  /** Points. */
  readonly width: number;
  readonly height: number;
  /** Content stream; the picture is `/Im`, fonts are `/Serif`, `/Sans`, `/Bold`. */
  readonly content: string;
  readonly picture?: { readonly jpeg: Buffer; readonly width: number; readonly height: number };
}

export interface PdfInfo {
  readonly title: string;
  readonly author: string;
  readonly subject: string;
  readonly keywords: string;
  readonly created: Date;
}

const FONTS = [
  ['Serif', 'Times-Roman'],
  ['Sans', 'Helvetica'],
  ['Bold', 'Helvetica-Bold'],
] as const;

export function pdf(info: PdfInfo, pages: readonly PdfPage[]): Buffer {
  const objects: Buffer[] = [];
  const add = (body: string | Buffer): number => objects.push(typeof body === 'string' ? latin(body) : body);
  const stream = (dictionary: string, bytes: Buffer): Buffer =>
    Buffer.concat([latin(`<< ${dictionary} /Length ${bytes.length} >>\nstream\n`), bytes, latin('\nendstream')]);
  // Numbers 1 and 2 are kept for the catalogue and the page tree, which name the others.
  add('');
  add('');
  const fonts = FONTS.map(
    ([name, base]) => `/${name} ${add(`<< /Type /Font /Subtype /Type1 /BaseFont /${base} /Encoding /WinAnsiEncoding >>`)} 0 R`,
  ).join(' ');
  const kids = pages.map((page) => {
    const { picture } = page;
    const image = picture
      ? `/XObject << /Im ${add(stream(`/Type /XObject /Subtype /Image /Width ${picture.width} /Height ${picture.height} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode`, picture.jpeg))} 0 R >>`
      : '';
    const content = add(stream('', latin(page.content)));
    const number = add(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${page.width} ${page.height}] /Contents ${content} 0 R /Resources << /Font << ${fonts} >> ${image} >> >>`,
    );
    return `${number} 0 R`;
  });
  const date = `D:${info.created.toISOString().slice(0, 19).replace(/[-T:]/g, '')}Z`;
  const facts = add(
    `<< /Title ${text(info.title)} /Author ${text(info.author)} /Subject ${text(info.subject)} /Keywords ${text(info.keywords)} /Producer ${text('Damson demo')} /CreationDate (${date}) >>`,
  );
  objects[0] = latin('<< /Type /Catalog /Pages 2 0 R >>');
  objects[1] = latin(`<< /Type /Pages /Kids [${kids.join(' ')}] /Count ${pages.length} >>`);
  return assemble(objects, facts);
}

function assemble(objects: readonly Buffer[], facts: number): Buffer {
  const parts = [latin('%PDF-1.4\n%\xE2\xE3\xCF\xD3\n')];
  const offsets: number[] = [];
  let at = parts[0]?.length ?? 0;
  for (const [index, body] of objects.entries()) {
    offsets.push(at);
    const whole = Buffer.concat([latin(`${index + 1} 0 obj\n`), body, latin('\nendobj\n')]);
    parts.push(whole);
    at += whole.length;
  }
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  parts.push(
    latin(
      `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R /Info ${facts} 0 R >>\nstartxref\n${at}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(parts);
}

/** A literal string of a PDF. */
export function text(value: string): string {
  return `(${value.replace(/[\\()]/g, '\\$&')})`;
}

/** `r g b` of `#rrggbb`, each 0-1. */
export function ink(colour: string): string {
  return [1, 3, 5].map((start) => (Number.parseInt(colour.slice(start, start + 2), 16) / 255).toFixed(3)).join(' ');
}

const latin = (value: string): Buffer => Buffer.from(value, 'latin1');
