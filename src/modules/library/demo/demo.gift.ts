import { BRAND, darker, lighter, mix } from './demo.colour.ts';
import type { Flavour } from './demo.fruit.ts';
import { words } from './demo.letters.ts';
import { HOUSE } from './demo.logo.ts';
import type { Random } from './demo.random.ts';
import { circle, ellipse, group, n, path, rect, sheet } from './demo.svg.ts';

/** A box with a ribbon on a plain ground: gift sets. */
export function giftBox(chance: Random, width: number, height: number, flavour: Flavour): string {
  const page = sheet(width, height);
  const size = Math.min(width, height);
  const [near, deep] = flavour.wall;
  page.add(
    rect(
      0,
      0,
      width,
      height,
      page.radial(
        [
          [0, lighter(near, 0.4)],
          [1, mix(near, deep, 0.5)],
        ],
        [0.5, 0.42],
        0.75,
      ),
    ),
  );
  const paper = chance.pick([BRAND.plum, BRAND.forest, flavour.colour, '#3f4f6a']);
  const ribbon = chance.pick([BRAND.apricot, BRAND.cream, BRAND.quince]);
  const [x, y, r] = [width / 2, height * 0.54, size * 0.27];
  page.add(
    ellipse(
      x + r * 0.2,
      y + r * 1.02,
      r * 1.7,
      r * 0.24,
      page.radial([
        [0, '#1a0f1c', 0.5],
        [1, '#1a0f1c', 0],
      ]),
    ),
  );
  page.add(
    rect(
      x - r * 1.2,
      y - r * 0.6,
      r * 2.4,
      r * 1.6,
      page.linear(
        [
          [0, darker(paper, 0.25)],
          [0.3, lighter(paper, 0.12)],
          [1, darker(paper, 0.4)],
        ],
        'right',
      ),
      `rx="${n(r * 0.04)}"`,
    ),
  );
  page.add(
    rect(
      x - r * 0.14,
      y - r * 0.6,
      r * 0.28,
      r * 1.6,
      page.linear(
        [
          [0, darker(ribbon, 0.15)],
          [0.5, lighter(ribbon, 0.3)],
          [1, darker(ribbon, 0.2)],
        ],
        'right',
      ),
    ),
  );
  page.add(
    rect(
      x - r * 1.3,
      y - r * 0.86,
      r * 2.6,
      r * 0.36,
      page.linear([
        [0, lighter(paper, 0.16)],
        [1, darker(paper, 0.15)],
      ]),
      `rx="${n(r * 0.05)}"`,
    ),
    rect(x - r * 0.14, y - r * 0.86, r * 0.28, r * 0.36, lighter(ribbon, 0.1)),
  );
  for (const side of [-1, 1])
    page.add(
      group(
        `translate(${n(x)} ${n(y - r * 0.88)}) scale(${side} 1)`,
        path(
          `M0 0C${n(r * 0.2)} ${n(-r * 0.75)} ${n(r * 0.9)} ${n(-r * 0.7)} ${n(r * 0.86)} ${n(-r * 0.22)}C${n(r * 0.8)} ${n(r * 0.06)} ${n(r * 0.3)} ${n(r * 0.04)} 0 0Z`,
          page.linear([
            [0, lighter(ribbon, 0.25)],
            [1, darker(ribbon, 0.2)],
          ]),
        ),
        ellipse(r * 0.5, -r * 0.24, r * 0.2, r * 0.12, darker(ribbon, 0.3), 'fill-opacity="0.6"'),
      ),
    );
  page.add(circle(x, y - r * 0.9, r * 0.15, lighter(ribbon, 0.1)));
  page.add(words(HOUSE, x - r * 0.3, y + r * 0.78, { size: r * 0.1, colour: ribbon, anchor: 'end', weight: 0.13 }));
  return page.svg(`Gift box, ${flavour.name}`);
}
