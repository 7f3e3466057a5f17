import { BRAND, darker, lighter, mix } from './demo.colour.ts';
import { type Flavour, fruitTop, leaf } from './demo.fruit.ts';
import type { Random } from './demo.random.ts';
import { circle, line, n, path, rect, sheet, smooth } from './demo.svg.ts';
import { closed } from './demo.table.ts';

export type Pattern = 'fruit' | 'mesh' | 'waves' | 'terrazzo' | 'arches' | 'marble';

/** Grounds to put words on: repeats, soft colour, paper. */
export function pattern(chance: Random, width: number, height: number, kind: Pattern, flavour: Flavour): string {
  const page = sheet(width, height);
  const size = Math.min(width, height);
  const [near, deep] = flavour.wall;
  const colours = chance.shuffle([near, deep, lighter(flavour.colour, 0.25), BRAND.cream, BRAND.apricot, flavour.colour]);
  const colour = (index: number): string => colours[index % colours.length] ?? near;
  switch (kind) {
    case 'fruit': {
      page.add(
        rect(
          0,
          0,
          width,
          height,
          page.linear(
            [
              [0, lighter(near, 0.2)],
              [1, mix(near, deep, 0.4)],
            ],
            'diagonal',
          ),
        ),
      );
      const step = size / chance.int(5, 7);
      for (let row = -1; row * step * 0.86 < height + step; row += 1)
        for (let column = -1; column * step < width + step; column += 1) {
          const [x, y] = [(column + (row % 2 === 0 ? 0.25 : 0.75)) * step, (row + 0.5) * step * 0.86];
          if ((row + column) % 3 === 0)
            page.add(leaf(x - step * 0.2, y, step * 0.42, chance.between(0, 360), mix(BRAND.leaf, BRAND.forest, chance.next() * 0.7)));
          else page.add(fruitTop(page, chance, flavour.fruit, x, y, step * 0.24, flavour.colour));
        }
      break;
    }
    case 'mesh': {
      page.add(rect(0, 0, width, height, colour(0)));
      for (let blob = 0; blob < 9; blob += 1)
        page.add(
          circle(
            width * chance.between(-0.1, 1.1),
            height * chance.between(-0.1, 1.1),
            Math.max(width, height) * chance.between(0.3, 0.6),
            page.radial([
              [0, colour(blob + 1), 0.95],
              [0.5, colour(blob + 1), 0.42],
              [1, colour(blob + 1), 0],
            ]),
          ),
        );
      break;
    }
    case 'waves': {
      const dark = chance.chance(0.5);
      const [first, last] = dark ? [lighter(flavour.colour, 0.35), BRAND.night] : [BRAND.cream, flavour.colour];
      page.add(rect(0, 0, width, height, first));
      for (let wave = 0; wave < 9; wave += 1) {
        const share = (wave + 1) / 9;
        const base = height * (0.06 + 0.9 * share);
        const points = Array.from(
          { length: 7 },
          (_, step) => [(width * step) / 6, base - height * 0.12 * share + Math.sin(step * 1.3 + wave * 0.8) * height * 0.07] as const,
        );
        const tone = mix(first, last, share);
        page.add(
          path(
            `${smooth(points)}L${width} ${height}L0 ${height}Z`,
            page.linear([
              [0, lighter(tone, 0.1)],
              [0.5, tone],
            ]),
          ),
        );
      }
      break;
    }
    case 'terrazzo': {
      page.add(
        rect(
          0,
          0,
          width,
          height,
          page.linear(
            [
              [0, lighter(near, 0.5)],
              [1, lighter(near, 0.2)],
            ],
            'diagonal',
          ),
        ),
      );
      for (let chip = 0; chip < 190; chip += 1) {
        const [x, y, r] = [width * chance.next(), height * chance.next(), size * chance.between(0.006, 0.034)];
        const points = Array.from({ length: chance.int(4, 6) }, (_, corner, all = 5) => {
          const angle = (corner / all) * 6.28 + chance.between(0, 0.7);
          return [x + Math.cos(angle) * r * chance.between(0.6, 1.2), y + Math.sin(angle) * r * chance.between(0.6, 1.2)] as const;
        });
        page.add(
          path(
            closed(points),
            chance.pick([deep, flavour.colour, BRAND.forest, BRAND.apricot, BRAND.plum, darker(near, 0.2)]),
            'fill-opacity="0.85"',
          ),
        );
      }
      break;
    }
    case 'arches': {
      page.add(rect(0, 0, width, height, lighter(near, 0.3)));
      const step = size / chance.int(4, 6);
      const tones = [flavour.colour, BRAND.apricot, deep, BRAND.cream];
      for (let row = 0; row * step * 0.5 < height + step; row += 1)
        for (let column = -1; column * step < width + step; column += 1) {
          const [x, y] = [(column + (row % 2) / 2 + 0.5) * step, row * step * 0.5];
          for (const [ring, tone] of tones.entries())
            page.add(circle(x, y, step * (0.5 - ring * 0.125), (row + column) % 4 === 0 ? mix(tone, BRAND.plum, 0.35) : tone));
        }
      break;
    }
    case 'marble': {
      page.add(
        rect(
          0,
          0,
          width,
          height,
          page.linear(
            [
              [0, lighter(flavour.colour, 0.72)],
              [0.5, lighter(near, 0.4)],
              [1, lighter(deep, 0.3)],
            ],
            'diagonal',
          ),
        ),
      );
      for (let vein = 0; vein < 26; vein += 1) {
        const drift = chance.between(-0.3, 1.2) * height;
        const points = Array.from(
          { length: 9 },
          (_, step) =>
            [(width * step) / 8, drift + step * height * 0.06 + Math.sin(step * 0.9 + vein) * height * chance.between(0.01, 0.06)] as const,
        );
        page.add(
          line(
            smooth(points),
            vein % 5 === 0 ? BRAND.quince : mix(flavour.colour, '#ffffff', chance.between(0.2, 0.7)),
            size * chance.between(0.001, 0.016),
            `stroke-opacity="${n(chance.between(0.15, 0.55))}"`,
          ),
        );
      }
      break;
    }
  }
  return page.svg(`${kind} ground`);
}
