import { BRAND, darker, lighter, mix } from './demo.colour.ts';
import type { Random } from './demo.random.ts';
import { at, circle, ellipse, group, line, n, path, type Sheet } from './demo.svg.ts';

export type FruitKind = 'plum' | 'apricot' | 'cherry' | 'berry' | 'currant' | 'orange' | 'fig' | 'pear';

export interface Flavour {
  readonly name: string;
  readonly fruit: FruitKind;
  /** Of the preserve. */
  readonly colour: string;
  /** Wall behind the jar, and the shape on it. */
  readonly wall: readonly [string, string];
}

export const FLAVOURS: readonly Flavour[] = [
  { name: 'Damson Plum', fruit: 'plum', colour: '#6a2350', wall: ['#e9d5dc', '#c99bb0'] },
  { name: 'Apricot', fruit: 'apricot', colour: '#f0983a', wall: ['#fbe9cf', '#f4c98a'] },
  { name: 'Raspberry', fruit: 'berry', colour: '#c22a4e', wall: ['#f8dcd9', '#eaa3a6'] },
  { name: 'Sour Cherry', fruit: 'cherry', colour: '#9c1c2e', wall: ['#f1e3d6', '#d98e7f'] },
  { name: 'Blackcurrant', fruit: 'currant', colour: '#3c1a44', wall: ['#dfe3ea', '#a9a5c9'] },
  { name: 'Orange Marmalade', fruit: 'orange', colour: '#ee7f22', wall: ['#dfeaea', '#8fbcc0'] },
  { name: 'Fig and Honey', fruit: 'fig', colour: '#8a3a52', wall: ['#eee6d2', '#c9b27a'] },
  { name: 'Quince', fruit: 'pear', colour: '#dda63a', wall: ['#e6ecd9', '#a8bd85'] },
  { name: 'Greengage', fruit: 'plum', colour: '#9aa83f', wall: ['#f3ecd8', '#d9c58f'] },
  { name: 'Mirabelle', fruit: 'apricot', colour: '#eabb3c', wall: ['#dce8ee', '#9cc3d4'] },
];

/** One fruit lying on `y`, about `2 * size` wide, with its shadow. */
export function fruit(page: Sheet, chance: Random, kind: FruitKind, x: number, y: number, size: number, colour: string): string {
  const shadow = ellipse(
    0,
    -size * 0.04,
    size * 1.15,
    size * 0.2,
    page.radial([
      [0, '#1a0f1c', 0.45],
      [1, '#1a0f1c', 0],
    ]),
  );
  return group(at(x, y), shadow, group(at(0, -size, chance.between(-14, 14)), ...bodies(page, chance, kind, size, colour)));
}

/** The fruit alone around the origin, as seen from above: for patterns and tables. */
export function fruitTop(page: Sheet, chance: Random, kind: FruitKind, x: number, y: number, size: number, colour: string): string {
  return group(at(x, y, chance.between(0, 360)), ...bodies(page, chance, kind, size, colour));
}

export function leaf(x: number, y: number, long: number, turn: number, colour: string): string {
  const d = `M0 0C${n(long * 0.3)} ${n(-long * 0.42)} ${n(long * 0.8)} ${n(-long * 0.3)} ${n(long)} 0C${n(long * 0.75)} ${n(long * 0.24)} ${n(long * 0.3)} ${n(long * 0.28)} 0 0Z`;
  return group(
    at(x, y, turn),
    path(d, colour),
    line(`M0 0Q${n(long * 0.5)} ${n(-long * 0.08)} ${n(long * 0.9)} 0`, lighter(colour, 0.3), Math.max(0.6, long * 0.03)),
  );
}

function ball(page: Sheet, colour: string, glow = 0.5): string {
  return page.radial(
    [
      [0, lighter(colour, glow)],
      [0.45, colour],
      [1, darker(colour, 0.4)],
    ],
    [0.36, 0.3],
    0.8,
  );
}

function bodies(page: Sheet, chance: Random, kind: FruitKind, size: number, colour: string): string[] {
  const shine = ellipse(-size * 0.34, -size * 0.42, size * 0.2, size * 0.12, '#ffffff', 'fill-opacity="0.45" transform="rotate(-32)"');
  const stem = (height: number) =>
    line(
      `M0 ${n(-size * 0.86)}Q${n(size * 0.06)} ${n(-size * (0.95 + height * 0.5))} ${n(size * 0.14)} ${n(-size * (0.9 + height))}`,
      '#5a4632',
      size * 0.07,
    );
  const green = mix(BRAND.leaf, BRAND.quince, chance.between(0, 0.35));
  switch (kind) {
    case 'plum':
    case 'apricot': {
      const blush =
        kind === 'apricot'
          ? circle(
              size * 0.2,
              size * 0.15,
              size * 0.75,
              page.radial([
                [0, BRAND.raspberry, 0.4],
                [1, BRAND.raspberry, 0],
              ]),
            )
          : ellipse(
              -size * 0.1,
              -size * 0.15,
              size * 0.7,
              size * 0.66,
              page.radial([
                [0, '#ffffff', 0.26],
                [1, '#ffffff', 0],
              ]),
            );
      const crease = line(
        `M${n(size * 0.05)} ${n(-size * 0.86)}Q${n(size * 0.46)} 0 ${n(size * 0.02)} ${n(size * 0.84)}`,
        darker(colour, 0.4),
        size * 0.045,
        'stroke-opacity="0.5"',
      );
      return [
        ellipse(0, 0, size * 0.94, size * 0.98, ball(page, colour)),
        blush,
        crease,
        shine,
        stem(0.3),
        leaf(size * 0.1, -size * 1.05, size * 0.75, -24, green),
      ];
    }
    case 'cherry': {
      const one = (dx: number, dy: number) =>
        group(
          at(dx, dy),
          circle(0, 0, size * 0.55, ball(page, colour, 0.4)),
          ellipse(-size * 0.2, -size * 0.24, size * 0.12, size * 0.07, '#fff', 'fill-opacity="0.6"'),
        );
      const stems = line(
        `M${n(-size * 0.5)} ${n(-size * 0.1)}Q${n(-size * 0.2)} ${n(-size)} ${n(size * 0.24)} ${n(-size * 1.5)}Q${n(size * 0.45)} ${n(-size * 0.8)} ${n(size * 0.56)} ${n(size * 0.1)}`,
        '#6b7a3a',
        size * 0.06,
      );
      return [stems, one(-size * 0.5, size * 0.3), one(size * 0.56, size * 0.44), leaf(size * 0.22, -size * 1.46, size * 0.7, 14, green)];
    }
    case 'berry': {
      const parts: string[] = [];
      for (const [row, count] of [3, 4, 5, 4, 3, 2].entries())
        for (let drop = 0; drop < count; drop += 1)
          parts.push(circle((drop - (count - 1) / 2) * size * 0.36, (row - 2) * size * 0.31, size * 0.23, ball(page, colour, 0.42)));
      return [
        ...parts,
        leaf(0, -size * 0.78, size * 0.5, -150, green),
        leaf(0, -size * 0.78, size * 0.5, -30, green),
        leaf(0, -size * 0.78, size * 0.46, -90, green),
      ];
    }
    case 'currant': {
      const drops = [
        [0, -0.9, 0.3],
        [0.42, -0.55, 0.36],
        [-0.4, -0.4, 0.38],
        [0.1, -0.05, 0.42],
        [0.5, 0.25, 0.36],
        [-0.38, 0.35, 0.38],
        [0.1, 0.66, 0.34],
      ] as const;
      return [
        line(`M0 ${n(-size * 1.35)}Q${n(size * 0.2)} 0 0 ${n(size * 0.6)}`, '#7b8a4a', size * 0.06),
        ...drops.map(([dx, dy, r]) => circle(dx * size, dy * size, r * size, ball(page, colour, 0.5))),
        ...drops.map(([dx, dy, r]) =>
          circle((dx - r * 0.3) * size, (dy - r * 0.35) * size, r * size * 0.16, '#fff', 'fill-opacity="0.65"'),
        ),
      ];
    }
    case 'orange': {
      const wedges = Array.from({ length: 10 }, (_, index) =>
        group(
          at(0, 0, index * 36),
          path(
            `M0 ${n(-size * 0.08)}L${n(-size * 0.19)} ${n(-size * 0.66)}Q0 ${n(-size * 0.84)} ${n(size * 0.19)} ${n(-size * 0.66)}Z`,
            mix(colour, '#ffd27a', 0.25),
            `stroke="${lighter(colour, 0.5)}" stroke-width="${n(size * 0.02)}"`,
          ),
        ),
      );
      return [circle(0, 0, size * 0.98, ball(page, colour, 0.25)), circle(0, 0, size * 0.86, '#fdeccb'), ...wedges];
    }
    case 'fig': {
      const body = `M0 ${n(-size * 1.15)}C${n(size * 0.28)} ${n(-size * 0.7)} ${n(size * 0.98)} ${n(-size * 0.3)} ${n(size * 0.9)} ${n(size * 0.3)}C${n(size * 0.8)} ${n(size * 0.9)} ${n(-size * 0.8)} ${n(size * 0.9)} ${n(-size * 0.9)} ${n(size * 0.3)}C${n(-size * 0.98)} ${n(-size * 0.3)} ${n(-size * 0.28)} ${n(-size * 0.7)} 0 ${n(-size * 1.15)}Z`;
      const seeds = Array.from({ length: 34 }, () => {
        const [angle, far] = [chance.between(0, 6.28), Math.sqrt(chance.next()) * 0.42];
        return circle(Math.cos(angle) * far * size, size * 0.16 + Math.sin(angle) * far * size, size * 0.032, '#f6dc9b');
      });
      return [
        path(body, ball(page, '#5a3560', 0.35)),
        ellipse(0, size * 0.14, size * 0.7, size * 0.62, '#f4e3cf'),
        ellipse(
          0,
          size * 0.16,
          size * 0.54,
          size * 0.48,
          page.radial([
            [0, '#e0607a'],
            [1, '#a82f4c'],
          ]),
        ),
        ...seeds,
      ];
    }
    case 'pear': {
      const body = `M0 ${n(-size * 1.1)}C${n(size * 0.5)} ${n(-size * 1.1)} ${n(size * 0.38)} ${n(-size * 0.45)} ${n(size * 0.8)} 0C${n(size * 1.15)} ${n(size * 0.5)} ${n(size * 0.7)} ${n(size * 0.98)} 0 ${n(size * 0.95)}C${n(-size * 0.7)} ${n(size * 0.98)} ${n(-size * 1.15)} ${n(size * 0.5)} ${n(-size * 0.8)} 0C${n(-size * 0.38)} ${n(-size * 0.45)} ${n(-size * 0.5)} ${n(-size * 1.1)} 0 ${n(-size * 1.1)}Z`;
      return [
        path(body, ball(page, mix(colour, '#f2d55c', 0.4))),
        ellipse(-size * 0.34, -size * 0.1, size * 0.14, size * 0.3, '#fff', 'fill-opacity="0.3"'),
        line(`M0 ${n(-size * 1.08)}Q${n(size * 0.02)} ${n(-size * 1.3)} ${n(size * 0.16)} ${n(-size * 1.42)}`, '#5a4632', size * 0.08),
        leaf(size * 0.1, -size * 1.25, size * 0.7, -20, green),
      ];
    }
  }
}
