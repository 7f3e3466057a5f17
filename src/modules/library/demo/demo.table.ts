import { BRAND, darker, lighter, mix } from './demo.colour.ts';
import { type Flavour, fruitTop, leaf } from './demo.fruit.ts';
import type { Random } from './demo.random.ts';
import { at, circle, ellipse, group, line, n, path, rect, type Sheet, sheet } from './demo.svg.ts';

/** A laid table from above: cloth, plate with toast, a bowl of preserve, fruit, a spoon. */
export function table(chance: Random, width: number, height: number, flavour: Flavour): string {
  const page = sheet(width, height);
  const size = Math.min(width, height);
  const [near, deep] = flavour.wall;
  page.add(
    rect(
      0,
      0,
      width,
      height,
      page.linear(
        [
          [0, lighter(near, 0.25)],
          [1, mix(near, deep, 0.55)],
        ],
        'diagonal',
      ),
    ),
  );
  drawCloth(page, chance, flavour, size);
  const turn = chance.chance(0.5) ? 1 : -1;
  const [cx, cy] = [width * 0.5, height * 0.5];
  const across = Math.min(width - size, size * 0.5) * 0.28 + size * 0.24;
  const along = Math.min(height - size, size * 0.5) * 0.28 + size * 0.13;
  plate(page, chance, flavour, cx - turn * across * 0.9, cy + along * 0.55, size * 0.29);
  bowl(page, chance, flavour, cx + turn * across, cy - along, size * 0.185);
  spoon(page, cx + turn * across * 1.05, cy + along * 1.5, size * 0.0011, turn * 38 + 60);
  for (let piece = 0; piece < chance.int(8, 13); piece += 1) {
    const angle = chance.between(0, 6.28);
    const far = chance.between(0.78, 1.1);
    const [x, y] = [cx + Math.cos(angle) * width * 0.46 * far, cy + Math.sin(angle) * height * 0.44 * far];
    const r = size * chance.between(0.034, 0.054);
    page.add(shadow(page, x + r * 0.3, y + r * 0.4, r * 1.5));
    if (chance.chance(0.3)) page.add(leaf(x, y, r * 2.6, chance.between(0, 360), mix(BRAND.leaf, BRAND.forest, chance.next())));
    else page.add(fruitTop(page, chance, flavour.fruit, x, y, r, flavour.colour));
  }
  return page.svg(`Breakfast with ${flavour.name}`);
}

function shadow(page: Sheet, x: number, y: number, r: number): string {
  return circle(
    x,
    y,
    r,
    page.radial([
      [0, '#1a0f1c', 0.45],
      [0.62, '#1a0f1c', 0.2],
      [1, '#1a0f1c', 0],
    ]),
  );
}

function drawCloth(page: Sheet, chance: Random, { colour, wall }: Flavour, size: number): void {
  const { width, height } = page;
  const stripes: string[] = [];
  const gap = size * chance.between(0.05, 0.09);
  const dye = mix(colour, wall[1], 0.5);
  for (let x = -height; x < width + height; x += gap) stripes.push(rect(x, -height, gap * 0.42, height * 3, dye, 'fill-opacity="0.22"'));
  const [x, y, turn] = [width * chance.between(0.3, 0.7), height * chance.between(0.3, 0.7), chance.between(-35, 35)];
  const cloth = rect(-size * 0.42, -size * 0.95, size * 0.84, size * 1.9, '#fffaf2', 'fill-opacity="0.92"');
  const clip = page.clip(`<rect x="${n(-size * 0.42)}" y="${n(-size * 0.95)}" width="${n(size * 0.84)}" height="${n(size * 1.9)}"/>`);
  page.add(
    group(
      at(x + size * 0.012, y + size * 0.018, turn),
      rect(-size * 0.42, -size * 0.95, size * 0.84, size * 1.9, '#1a0f1c', 'fill-opacity="0.12"'),
    ),
  );
  page.add(group(at(x, y, turn), cloth, `<g clip-path="${clip}">${stripes.join('')}</g>`));
}

function plate(page: Sheet, chance: Random, flavour: Flavour, x: number, y: number, r: number): void {
  page.add(shadow(page, x + r * 0.08, y + r * 0.14, r * 1.2));
  page.add(
    circle(
      x,
      y,
      r,
      page.linear(
        [
          [0, '#ffffff'],
          [1, '#dfd8cf'],
        ],
        'diagonal',
      ),
    ),
    circle(
      x,
      y,
      r * 0.74,
      page.linear(
        [
          [0, '#e6dfd6'],
          [1, '#ffffff'],
        ],
        'diagonal',
      ),
    ),
    circle(x, y, r * 0.94, 'none', `stroke="${mix(flavour.colour, BRAND.sand, 0.35)}" stroke-width="${n(r * 0.018)}"`),
  );
  const toast = 'M-92 96C-104 100 -112 92 -112 80V-34C-140 -52 -130 -106 -84 -106H84C130 -106 140 -52 112 -34V80C112 92 104 100 92 96Z';
  const jam = blob(chance, 84, 66);
  const parts = [
    path(toast, '#1a0f1c', 'fill-opacity="0.22" transform="translate(8 12)"'),
    path(
      toast,
      page.radial(
        [
          [0, '#f7dcaa'],
          [0.75, '#e9b96f'],
          [1, '#a8672f'],
        ],
        [0.5, 0.48],
        0.62,
      ),
    ),
    path(jam, darker(flavour.colour, 0.35), 'transform="translate(3 5)" fill-opacity="0.6"'),
    path(
      jam,
      page.radial(
        [
          [0, lighter(flavour.colour, 0.25)],
          [0.7, flavour.colour],
          [1, darker(flavour.colour, 0.3)],
        ],
        [0.4, 0.35],
        0.75,
      ),
    ),
  ];
  for (let shine = 0; shine < 7; shine += 1)
    parts.push(
      ellipse(
        chance.between(-55, 55),
        chance.between(-50, 40),
        chance.between(4, 15),
        chance.between(2, 5),
        '#ffffff',
        'fill-opacity="0.42"',
      ),
    );
  page.add(group(at(x, y, chance.between(-28, 28), (r / 150) * 0.92), ...parts));
}

function bowl(page: Sheet, chance: Random, flavour: Flavour, x: number, y: number, r: number): void {
  const glaze = chance.pick([BRAND.cream, '#3f6a8a', BRAND.forest, BRAND.plum, '#d98e5f']);
  page.add(shadow(page, x + r * 0.12, y + r * 0.2, r * 1.32));
  page.add(
    circle(
      x,
      y,
      r,
      page.linear(
        [
          [0, lighter(glaze, 0.35)],
          [1, darker(glaze, 0.25)],
        ],
        'diagonal',
      ),
    ),
    circle(x, y, r * 0.87, darker(glaze, 0.3)),
  );
  page.add(
    circle(
      x,
      y + r * 0.03,
      r * 0.83,
      page.radial(
        [
          [0, lighter(flavour.colour, 0.28)],
          [0.6, flavour.colour],
          [1, darker(flavour.colour, 0.45)],
        ],
        [0.38, 0.34],
        0.75,
      ),
    ),
  );
  for (let piece = 0; piece < 16; piece += 1) {
    const [angle, far] = [chance.between(0, 6.28), Math.sqrt(chance.next()) * r * 0.66];
    page.add(
      circle(
        x + Math.cos(angle) * far,
        y + Math.sin(angle) * far,
        r * chance.between(0.05, 0.13),
        chance.chance(0.5) ? lighter(flavour.colour, 0.35) : darker(flavour.colour, 0.25),
        'fill-opacity="0.45"',
      ),
    );
  }
  page.add(
    line(
      `M${n(x - r * 0.5)} ${n(y - r * 0.34)}Q${n(x - r * 0.3)} ${n(y - r * 0.58)} ${n(x)} ${n(y - r * 0.6)}`,
      '#ffffff',
      r * 0.06,
      'stroke-opacity="0.65"',
    ),
  );
}

function spoon(page: Sheet, x: number, y: number, unit: number, turn: number): void {
  const steel = page.linear(
    [
      [0, '#8f9297'],
      [0.4, '#f6f7f8'],
      [0.7, '#b9bcc1'],
      [1, '#85888d'],
    ],
    'right',
  );
  const shape = 'M-9 -20L-15 -220Q0 -236 15 -220L9 -20C40 -4 46 60 0 84C-46 60 -40 -4 -9 -20Z';
  page.add(
    group(at(x + unit * 12, y + unit * 16, turn, unit), path(shape, '#1a0f1c', 'fill-opacity="0.22"')),
    group(
      at(x, y, turn, unit),
      path(shape, steel),
      ellipse(
        0,
        30,
        24,
        38,
        page.linear([
          [0, '#a9acb1'],
          [1, '#ffffff'],
        ]),
      ),
    ),
  );
}

function blob(chance: Random, rx: number, ry: number): string {
  const count = 9;
  const points = Array.from({ length: count }, (_, index) => {
    const angle = (index / count) * Math.PI * 2;
    const far = chance.between(0.82, 1.1);
    return [Math.cos(angle) * rx * far, Math.sin(angle) * ry * far - 4] as const;
  });
  return closed(points);
}

/** A closed line without corners through points around a middle (quadratic curves between the midpoints). */
export function closed(points: readonly (readonly [number, number])[]): string {
  const middle = (index: number): [number, number] => {
    const [ax, ay] = points[index % points.length] ?? [0, 0];
    const [bx, by] = points[(index + 1) % points.length] ?? [0, 0];
    return [(ax + bx) / 2, (ay + by) / 2];
  };
  const [startX, startY] = middle(points.length - 1);
  let d = `M${n(startX)} ${n(startY)}`;
  for (const [index, [x, y]] of points.entries()) {
    const [toX, toY] = middle(index);
    d += `Q${n(x)} ${n(y)} ${n(toX)} ${n(toY)}`;
  }
  return `${d}Z`;
}
