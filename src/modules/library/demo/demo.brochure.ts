import { BRAND } from './demo.colour.ts';
import { FLAVOURS } from './demo.fruit.ts';
import type { DemoItem } from './demo.item.ts';
import { ink, pdf, type PdfPage, text } from './demo.pdf.ts';

const [WIDTH, HEIGHT] = [595, 842];
const MARGIN = 56;

/** Three pages: a cover with a picture, a page to read, a table. `cover` is a JPEG. */
export function brochure(
  item: Pick<DemoItem, 'title' | 'creator' | 'tags' | 'taken'>,
  words: { headline: string; lead: string },
  cover: { jpeg: Buffer; width: number; height: number },
): Buffer {
  const info = {
    title: item.title,
    author: item.creator,
    subject: words.lead,
    keywords: item.tags.join(', '),
    created: new Date(item.taken),
  };
  return pdf(info, [coverPage(words.headline, cover), textPage(words.headline, words.lead), tablePage()]);
}

function coverPage(headline: string, picture: { jpeg: Buffer; width: number; height: number }): PdfPage {
  const tall = (WIDTH / picture.width) * picture.height;
  const content = [
    `q ${WIDTH} 0 0 ${tall.toFixed(1)} 0 ${(HEIGHT - tall).toFixed(1)} cm /Im Do Q`,
    fill(BRAND.plum, 0, 0, WIDTH, 210),
    fill(BRAND.apricot, MARGIN, 168, 54, 3),
    say('Serif', headline.length > 16 ? 40 : 50, BRAND.cream, MARGIN, 108, headline),
    say('Sans', 12, BRAND.sand, MARGIN, 62, 'Plumfield Preserves, since 1908'),
  ];
  return { width: WIDTH, height: HEIGHT, content: content.join('\n'), picture };
}

const BODY = [
  'Our orchards lie on three hills, and no two of them ripen in the same week. So we pick by hand, kettle by kettle, and write the hill, the day and the picker on every batch.',
  'A jar of ours holds fruit, sugar and the juice of a lemon. What it does not hold would make a longer list, and we are glad to print it for anybody who asks.',
  'Glass comes back to us from four shops out of ten. It is washed with water from the roof and filled again; after eleven rounds it becomes a bottle for syrup.',
  'The bees were here first. Ninety colonies live between the rows, and the blossom week belongs to them: no tractor, no visitors, no photographers.',
];

function textPage(headline: string, lead: string): PdfPage {
  const lines = [
    fill(BRAND.cream, 0, 0, WIDTH, HEIGHT),
    fill(BRAND.plum, 0, HEIGHT - 14, WIDTH, 14),
    say('Serif', 30, BRAND.plum, MARGIN, HEIGHT - 110, headline),
  ];
  let y = HEIGHT - 150;
  const block = (font: string, size: number, colour: string, words: string, gap: number) => {
    for (const row of wrap(words, (WIDTH - MARGIN * 2) / (size * 0.47))) {
      lines.push(say(font, size, colour, MARGIN, y, row));
      y -= size * 1.5;
    }
    y -= gap;
  };
  block('Serif', 16, BRAND.damson, lead, 18);
  for (const paragraph of BODY) block('Sans', 11, BRAND.ink, paragraph, 12);
  for (const [index, { colour }] of FLAVOURS.entries()) lines.push(fill(colour, MARGIN + index * 48.5, 70, 40, 40));
  return { width: WIDTH, height: HEIGHT, content: lines.join('\n') };
}

function tablePage(): PdfPage {
  const lines = [fill('#ffffff', 0, 0, WIDTH, HEIGHT), say('Serif', 26, BRAND.plum, MARGIN, HEIGHT - 110, 'The range')];
  for (const [index, { name, colour }] of FLAVOURS.entries()) {
    const y = HEIGHT - 170 - index * 46;
    lines.push(
      fill(index % 2 === 0 ? BRAND.cream : '#ffffff', MARGIN - 10, y - 16, WIDTH - MARGIN * 2 + 20, 46),
      fill(colour, MARGIN, y - 6, 22, 22),
    );
    lines.push(
      say('Bold', 12, BRAND.ink, MARGIN + 40, y, name),
      say('Sans', 11, BRAND.ink, 330, y, '340 g'),
      say('Sans', 11, BRAND.ink, 420, y, '24 months'),
    );
  }
  lines.push(say('Sans', 9, BRAND.damson, MARGIN, 60, 'An invented house: this file belongs to the demo library of Damson.'));
  return { width: WIDTH, height: HEIGHT, content: lines.join('\n') };
}

const fill = (colour: string, x: number, y: number, width: number, height: number): string =>
  `${ink(colour)} rg ${x} ${y} ${width} ${height} re f`;

const say = (font: string, size: number, colour: string, x: number, y: number, words: string): string =>
  `BT ${ink(colour)} rg /${font} ${size} Tf ${x.toFixed(1)} ${y.toFixed(1)} Td ${text(words)} Tj ET`;

function wrap(words: string, columns: number): string[] {
  const rows: string[] = [];
  let row = '';
  for (const word of words.split(' ')) {
    if (row !== '' && row.length + word.length + 1 > columns) {
      rows.push(row);
      row = word;
    } else row = row === '' ? word : `${row} ${word}`;
  }
  return row === '' ? rows : [...rows, row];
}
