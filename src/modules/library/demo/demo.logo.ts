import { BRAND, darker, lighter } from './demo.colour.ts';
import { leaf } from './demo.fruit.ts';
import { words, wordsWidth } from './demo.letters.ts';
import { at, circle, ellipse, group, line, n, path, rect, sheet } from './demo.svg.ts';

export const HOUSE = 'Plumfield';

export type LogoForm = 'mark' | 'wordmark' | 'lockup' | 'badge' | 'stacked';
export interface LogoTone {
  readonly name: string;
  readonly main: string;
  readonly leaf: string;
  /** Null: transparent. */
  readonly ground: string | null;
}

export const LOGO_TONES: readonly LogoTone[] = [
  { name: 'plum', main: BRAND.plum, leaf: BRAND.leaf, ground: null },
  { name: 'ink', main: BRAND.ink, leaf: BRAND.ink, ground: null },
  { name: 'apricot', main: BRAND.apricot, leaf: BRAND.leaf, ground: null },
  { name: 'reversed', main: BRAND.cream, leaf: BRAND.quince, ground: BRAND.plum },
  { name: 'forest', main: BRAND.cream, leaf: BRAND.apricot, ground: BRAND.forest },
];

/** The plum with its leaf, about `2 * size` high around the origin. */
export function mark(x: number, y: number, size: number, main: string, green: string, cut: string): string {
  return group(
    at(x, y),
    ellipse(0, size * 0.12, size * 0.82, size * 0.88, main),
    line(`M${n(size * 0.04)} ${n(-size * 0.72)}Q${n(size * 0.5)} ${n(size * 0.1)} ${n(size * 0.02)} ${n(size * 0.96)}`, cut, size * 0.085),
    line(`M0 ${n(-size * 0.72)}Q${n(-size * 0.02)} ${n(-size * 0.95)} ${n(size * 0.08)} ${n(-size * 1.08)}`, main, size * 0.1),
    leaf(size * 0.08, -size * 0.92, size * 0.74, -26, green),
  );
}

export function logo(form: LogoForm, tone: LogoTone, width: number, height: number): string {
  const page = sheet(width, height);
  const cut = tone.ground ?? '#ffffff';
  if (tone.ground !== null) page.add(rect(0, 0, width, height, tone.ground));
  const [cx, cy] = [width / 2, height / 2];
  if (form === 'mark') page.add(mark(cx, cy, Math.min(width, height) * 0.36, tone.main, tone.leaf, cut));
  else if (form === 'badge') {
    const r = Math.min(width, height) * 0.45;
    page.add(
      circle(cx, cy, r, 'none', `stroke="${tone.main}" stroke-width="${n(r * 0.035)}"`),
      circle(cx, cy, r * 0.92, 'none', `stroke="${tone.main}" stroke-width="${n(r * 0.012)}"`),
    );
    page.add(mark(cx, cy - r * 0.16, r * 0.34, tone.main, tone.leaf, cut));
    page.add(
      words(HOUSE, cx, cy + r * 0.5, { size: r * 0.15, colour: tone.main, anchor: 'middle' }),
      words('since 1908', cx, cy + r * 0.68, { size: r * 0.07, colour: tone.main, anchor: 'middle', weight: 0.12 }),
    );
  } else if (form === 'stacked') {
    const size = height * 0.26;
    page.add(
      mark(cx, height * 0.36, size, tone.main, tone.leaf, cut),
      words(HOUSE, cx, height * 0.83, { size: (size * 0.5 * width) / Math.max(width, height * 1.1), colour: tone.main, anchor: 'middle' }),
    );
  } else {
    const symbol = form === 'lockup';
    let size = height * 0.3;
    const long = () => wordsWidth(HOUSE, { size }) + (symbol ? size * 2.1 : 0);
    size *= Math.min(1, (width * 0.84) / long());
    const left = cx - long() / 2;
    if (symbol) page.add(mark(left + size * 0.72, cy, size * 0.86, tone.main, tone.leaf, cut));
    page.add(words(HOUSE, left + (symbol ? size * 2.1 : 0), cy + size / 2, { size, colour: tone.main, weight: 0.125 }));
  }
  return page.svg(`${HOUSE} ${form}, ${tone.name}`);
}

export const ICONS = [
  'jar',
  'leaf',
  'basket',
  'truck',
  'spoon',
  'sun',
  'drop',
  'heart',
  'bag',
  'clock',
  'pin',
  'star',
  'recycle',
  'gift',
  'bee',
  'tree',
] as const;
export type Icon = (typeof ICONS)[number];

const LINES: Readonly<Record<Icon, string>> = {
  jar: 'M16 14h32v8H16zM19 22c-5 3-6 6-6 11v18c0 4 3 6 6 6h26c3 0 6-2 6-6V33c0-5-1-8-6-11M20 36h24v12H20z',
  leaf: 'M12 52C10 26 26 12 54 10 54 38 42 54 18 48M12 56C20 40 30 30 42 22',
  basket: 'M8 28h48l-6 26H14zM18 28C20 14 26 8 32 8s12 6 14 20M24 34v14M32 34v14M40 34v14',
  truck: 'M4 16h34v28H4zM38 26h12l10 10v8H38zM14 50a5 5 0 1 0 .1 0zM46 50a5 5 0 1 0 .1 0z',
  spoon: 'M44 8c8 0 12 6 12 12s-6 12-13 12c-3 0-5-1-7-2L12 56c-2 2-5 0-4-3L34 28c-3-9 2-20 10-20z',
  sun: 'M32 20a12 12 0 1 0 .1 0zM32 4v8M32 52v8M4 32h8M52 32h8M12 12l6 6M46 46l6 6M52 12l-6 6M18 46l-6 6',
  drop: 'M32 6C22 22 14 30 14 42a18 18 0 0 0 36 0C50 30 42 22 32 6zM24 42a8 8 0 0 0 8 8',
  heart: 'M32 56C12 42 6 32 6 22a13 13 0 0 1 26-3 13 13 0 0 1 26 3c0 10-6 20-26 34z',
  bag: 'M14 20h36l4 36H10zM22 26v-8a10 10 0 0 1 20 0v8',
  clock: 'M32 6a26 26 0 1 0 .1 0zM32 16v17l11 7',
  pin: 'M32 60C20 44 12 34 12 24a20 20 0 0 1 40 0c0 10-8 20-20 36zM32 17a7 7 0 1 0 .1 0z',
  star: 'M32 6l8 17 19 3-14 13 4 19-17-9-17 9 4-19L5 26l19-3z',
  recycle: 'M12 30a20 20 0 0 1 36-10M50 8v13H37M52 34a20 20 0 0 1-36 10M14 56V43h13',
  gift: 'M8 20h48v12H8zM12 32h40v26H12zM32 20v38M32 20c-16 0-16-14-6-14 5 0 6 8 6 14zM32 20c16 0 16-14 6-14-5 0-6 8-6 14z',
  bee: 'M20 38c0-9 5-14 12-14s12 5 12 14-5 18-12 18-12-9-12-18zM20 36h24M21 46h22M32 24C18 24 10 18 14 11s18 0 18 13zM32 24c14 0 22-6 18-13s-18 0-18 13z',
  tree: 'M32 60V38M32 48l10-8M32 6a16 16 0 0 0-15 22 12 12 0 0 0 5 16h20a12 12 0 0 0 5-16A16 16 0 0 0 32 6z',
};

/** A line icon in a soft disc. */
export function icon(name: Icon, colour: string, size: number): string {
  const page = sheet(size, size);
  const scale = size / 96;
  page.add(
    circle(
      size / 2,
      size / 2,
      size * 0.48,
      page.linear([
        [0, lighter(colour, 0.86)],
        [1, lighter(colour, 0.72)],
      ]),
    ),
  );
  page.add(group(at(16 * scale, 16 * scale, 0, scale), `${line(LINES[name], darker(colour, 0.1), 3)}`));
  return page.svg(`Icon: ${name}`);
}

/** A colour card: the swatches of the house. */
export function swatches(width: number, height: number): string {
  const page = sheet(width, height);
  const colours = Object.entries(BRAND);
  page.add(rect(0, 0, width, height, '#ffffff'));
  const columns = 4;
  const [wide, tall] = [width / columns, height / Math.ceil(colours.length / columns)];
  for (const [index, [name, colour]] of colours.entries()) {
    const [x, y] = [(index % columns) * wide, Math.floor(index / columns) * tall];
    page.add(rect(x, y, wide + 1, tall + 1, colour));
    const dark = ['cream', 'sand', 'quince', 'sky', 'apricot'].includes(name);
    page.add(
      words(name, x + wide * 0.1, y + tall * 0.86, { size: tall * 0.07, colour: dark ? BRAND.ink : BRAND.cream }),
      path(
        `M${n(x + wide * 0.1)} ${n(y + tall * 0.72)}h${n(wide * 0.16)}`,
        'none',
        `stroke="${dark ? BRAND.ink : BRAND.cream}" stroke-width="2"`,
      ),
    );
  }
  return page.svg('Colours of the house');
}
