import { BRAND, darker, lighter } from './demo.colour.ts';
import { type Flavour, leaf } from './demo.fruit.ts';
import { fitted, words } from './demo.letters.ts';
import { HOUSE, mark } from './demo.logo.ts';
import { at, ellipse, group, path, rect, type Sheet } from './demo.svg.ts';

/** A slim bottle of syrup on `y`. */
export function bottle(page: Sheet, flavour: Flavour, x: number, y: number, unit: number): string {
  const { colour, name } = flavour;
  const outline =
    'M-46 -690V-560C-46 -500 -122 -470 -122 -400V-40C-122 -12 -106 0 -84 0H84C106 0 122 -12 122 -40V-400C122 -470 46 -500 46 -560V-690Z';
  const glass = page.linear(
    [
      [0, darker(colour, 0.55), 0.95],
      [0.16, colour, 0.9],
      [0.4, lighter(colour, 0.3), 0.85],
      [0.75, colour, 0.9],
      [1, darker(colour, 0.6), 0.95],
    ],
    'right',
  );
  const size = fitted(name, 176, 22, 0.18);
  return group(
    at(x, y, 0, unit),
    ellipse(
      50,
      0,
      210,
      26,
      page.radial([
        [0, '#1a0f1c', 0.5],
        [1, '#1a0f1c', 0],
      ]),
    ),
    ellipse(
      150,
      16,
      130,
      16,
      page.radial([
        [0, colour, 0.6],
        [1, colour, 0],
      ]),
    ),
    path(outline, glass),
    rect(-40, -680, 80, 80, '#ffffff', 'fill-opacity="0.28"'),
    rect(
      -52,
      -746,
      104,
      84,
      page.linear(
        [
          [0, '#6d4f2c'],
          [0.35, '#d9b783'],
          [0.7, '#b98f58'],
          [1, '#6d4f2c'],
        ],
        'right',
      ),
      'rx="8"',
    ),
    path(
      'M-116 -330H116V-120H-116Z',
      page.linear(
        [
          [0, darker(BRAND.cream, 0.2)],
          [0.25, '#fffaf1'],
          [0.75, BRAND.cream],
          [1, darker(BRAND.cream, 0.26)],
        ],
        'right',
      ),
    ),
    mark(0, -272, 24, colour, BRAND.leaf, BRAND.cream),
    words(HOUSE, 0, -212, { size: 13, colour: darker(colour, 0.4), anchor: 'middle', spacing: 0.36, weight: 0.13 }),
    words(name, 0, -174, { size, colour: darker(colour, 0.4), anchor: 'middle', spacing: 0.18 }),
    words('Syrup', 0, -144, { size: 11, colour: darker(colour, 0.2), anchor: 'middle', spacing: 0.5 }),
    path(
      'M-96 -396C-96 -440 -34 -490 -32 -552V-640',
      'none',
      'stroke="#ffffff" stroke-width="9" stroke-linecap="round" stroke-opacity="0.5"',
    ),
    path('M-98 -100V-60', 'none', 'stroke="#ffffff" stroke-width="9" stroke-linecap="round" stroke-opacity="0.35"'),
    leaf(44, -664, 70, 24, BRAND.leaf),
  );
}
