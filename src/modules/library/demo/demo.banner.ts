import { BRAND, darker, lighter, mix } from './demo.colour.ts';
import { type Flavour, fruit, leaf } from './demo.fruit.ts';
import { jar } from './demo.jar.ts';
import { fitted, words } from './demo.letters.ts';
import { HOUSE, mark } from './demo.logo.ts';
import type { Random } from './demo.random.ts';
import { circle, n, path, rect, type Sheet, sheet } from './demo.svg.ts';
import { closed } from './demo.table.ts';

/** A post or banner: a plate of colour, three lines at most, a jar and its fruit. Any shape from tall to wide. */
export function banner(chance: Random, width: number, height: number, flavour: Flavour, lines: readonly string[], call: string): string {
  const page = sheet(width, height);
  const dark = chance.chance(0.45);
  const [near, deep] = flavour.wall;
  const ground = dark ? mix(darker(flavour.colour, 0.55), BRAND.night, 0.3) : lighter(near, 0.25);
  const ink = dark ? BRAND.cream : mix(BRAND.night, flavour.colour, 0.25);
  page.add(
    rect(
      0,
      0,
      width,
      height,
      page.linear(
        [
          [0, dark ? lighter(ground, 0.12) : ground],
          [1, dark ? darker(ground, 0.3) : mix(near, deep, 0.45)],
        ],
        'diagonal',
      ),
    ),
  );
  drawBlobs(page, chance, dark ? flavour.colour : deep, width, height);
  const wide = width > height * 1.25;
  const pad = Math.min(width, height) * 0.085;
  const room = wide ? width * 0.5 : width - pad * 2;
  const unit = Math.min(wide ? width * 0.36 : width * 0.6, height * (wide ? 0.8 : height > width * 1.2 ? 0.4 : 0.34)) / 560;
  const [jarX, jarY] = wide ? [width * 0.77, height * 0.5 + unit * 255] : [width * 0.5, height - pad * 1.15];
  for (let piece = 0; piece < 5; piece += 1) {
    const side = piece % 2 === 0 ? -1 : 1;
    page.add(
      fruit(
        page,
        chance,
        flavour.fruit,
        jarX + side * unit * (230 + piece * 28),
        jarY + unit * chance.between(-6, 26),
        unit * chance.between(42, 64),
        flavour.colour,
      ),
    );
  }
  page.add(jar(page, chance, flavour, jarX, jarY, unit * 1.02));
  const size = Math.min(...lines.map((text) => fitted(text, room, Math.min(height * (wide ? 0.13 : 0.075), width * 0.12), 0.2)));
  const top = wide ? height * 0.5 - (lines.length * size * 1.5) / 2 + size * 0.75 : pad + size * 2.4;
  for (const [index, text] of lines.entries())
    page.add(words(text, pad, top + index * size * 1.55, { size, colour: ink, spacing: 0.2, weight: 0.13 }));
  const after = top + (lines.length - 1) * size * 1.55 + size * 1.15;
  drawCall(
    page,
    call,
    pad,
    after,
    size * 0.42,
    dark ? BRAND.apricot : mix(flavour.colour, BRAND.plum, 0.3),
    dark ? BRAND.night : BRAND.cream,
  );
  page.add(
    mark(pad + size * 0.3, pad * 0.9, size * 0.34, dark ? BRAND.apricot : BRAND.plum, BRAND.leaf, dark ? ground : near),
    words(HOUSE, pad + size * 0.85, pad * 0.9 + size * 0.17, { size: size * 0.32, colour: ink, weight: 0.13 }),
  );
  return page.svg(lines.join(' '));
}

function drawBlobs(page: Sheet, chance: Random, colour: string, width: number, height: number): void {
  for (let blob = 0; blob < 3; blob += 1) {
    const [x, y, r] = [width * chance.next(), height * chance.next(), Math.min(width, height) * chance.between(0.25, 0.5)];
    const points = Array.from({ length: 8 }, (_, index) => {
      const angle = (index / 8) * Math.PI * 2;
      const far = r * chance.between(0.75, 1.15);
      return [x + Math.cos(angle) * far, y + Math.sin(angle) * far] as const;
    });
    page.add(path(closed(points), colour, 'fill-opacity="0.28"'));
  }
  for (let sprig = 0; sprig < 4; sprig += 1)
    page.add(
      leaf(
        width * chance.next(),
        height * chance.next(),
        Math.min(width, height) * 0.08,
        chance.between(0, 360),
        mix(BRAND.leaf, colour, 0.35),
      ),
    );
  page.add(circle(width * 0.9, height * 0.08, Math.min(width, height) * 0.04, colour, 'fill-opacity="0.5"'));
}

function drawCall(page: Sheet, text: string, x: number, y: number, size: number, fill: string, ink: string): void {
  const wide = size * 2.2 + fittedWidth(text, size);
  page.add(
    rect(x, y, wide, size * 2.6, fill, `rx="${n(size * 1.3)}"`),
    words(text, x + size * 1.1, y + size * 1.8, { size, colour: ink, weight: 0.14 }),
  );
}

function fittedWidth(text: string, size: number): number {
  // `fitted` scales down by width; asking for width 1 tells how wide the text is at `size`.
  return size / fitted(text, 1, size);
}
