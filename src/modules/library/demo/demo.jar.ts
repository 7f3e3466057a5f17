import { BRAND, darker, lighter, mix } from './demo.colour.ts';
import { bottle } from './demo.bottle.ts';
import { type Flavour, fruit } from './demo.fruit.ts';
import { fitted, words } from './demo.letters.ts';
import { HOUSE, mark } from './demo.logo.ts';
import type { Random } from './demo.random.ts';
import { at, circle, ellipse, group, line, n, path, rect, type Sheet, sheet } from './demo.svg.ts';

export type Shot = 'single' | 'trio' | 'bottle' | 'stack';

/** A studio picture: a coloured wall with a shape, a table, the product, its fruit. */
export function product(chance: Random, width: number, height: number, flavours: readonly [Flavour, Flavour, Flavour], shot: Shot): string {
  const page = sheet(width, height);
  const [hero, second, third] = flavours;
  const table = height * chance.between(0.68, 0.74);
  drawSet(page, chance, hero, table);
  const unit = Math.min(width * 0.9, height) * 0.001;
  const ground = table + height * 0.13;
  const scatter = (count: number, spread: number) => {
    for (let piece = 0; piece < count; piece += 1) {
      const side = piece % 2 === 0 ? -1 : 1;
      const x = width / 2 + side * unit * (spread + chance.between(0, 130) + piece * 26);
      page.add(
        fruit(
          page,
          chance,
          hero.fruit,
          x,
          ground + unit * chance.between(-10, 70),
          unit * chance.between(44, 66),
          hero.fruit === 'pear' ? '#e3bc4b' : hero.colour,
        ),
      );
    }
  };
  if (shot === 'single') {
    page.add(jar(page, chance, hero, width / 2, ground, unit * 1.05));
    scatter(chance.int(4, 7), 215);
  } else if (shot === 'trio') {
    page.add(
      jar(page, chance, second, width / 2 - unit * 300, ground - unit * 36, unit * 0.84),
      jar(page, chance, third, width / 2 + unit * 300, ground - unit * 36, unit * 0.84),
    );
    page.add(jar(page, chance, hero, width / 2, ground + unit * 16, unit * 0.98));
    scatter(chance.int(2, 4), 400);
  } else if (shot === 'bottle') {
    page.add(bottle(page, hero, width / 2, ground, unit));
    scatter(chance.int(4, 6), 170);
  } else {
    page.add(
      jar(page, chance, second, width / 2 - unit * 190, ground, unit * 0.7),
      jar(page, chance, third, width / 2 + unit * 190, ground, unit * 0.7),
    );
    page.add(jar(page, chance, hero, width / 2, ground - unit * 352, unit * 0.7));
    scatter(chance.int(2, 5), 380);
  }
  return page.svg(`${HOUSE} ${hero.name}`);
}

function drawSet(page: Sheet, chance: Random, { wall: [near, deep], colour }: Flavour, table: number): void {
  const { width, height } = page;
  page.add(
    rect(
      0,
      0,
      width,
      table + 2,
      page.linear(
        [
          [0, mix(near, deep, 0.35)],
          [0.6, near],
          [1, lighter(near, 0.3)],
        ],
        'diagonal',
      ),
    ),
  );
  const r = Math.min(width, height) * chance.between(0.33, 0.42);
  const [x, y] = [width * chance.between(0.42, 0.58), table - r * chance.between(0.6, 0.95)];
  const shape = page.linear([
    [0, deep],
    [1, mix(deep, near, 0.6)],
  ]);
  const set = chance.int(0, 2);
  if (set === 0) page.add(circle(x, y, r, shape, 'fill-opacity="0.75"'));
  else if (set === 1)
    page.add(path(`M${n(x - r)} ${n(table)}V${n(y)}A${n(r)} ${n(r)} 0 0 1 ${n(x + r)} ${n(y)}V${n(table)}Z`, shape, 'fill-opacity="0.7"'));
  else {
    // Light through a window: slanting panes on the wall.
    for (let pane = 0; pane < 3; pane += 1) {
      const left = x - r * 1.1 + pane * r * 0.78;
      page.add(
        path(
          `M${n(left)} ${n(table * 0.06)}h${n(r * 0.62)}l${n(r * 0.5)} ${n(table * 0.8)}h${n(-r * 0.62)}Z`,
          page.linear([
            [0, '#ffffff', 0.6],
            [1, '#ffffff', 0.08],
          ]),
        ),
      );
    }
  }
  const top = mix(lighter(near, 0.35), BRAND.sand, 0.35);
  page.add(
    rect(
      0,
      table,
      width,
      height - table,
      page.linear([
        [0, mix(top, deep, 0.25)],
        [0.25, top],
        [1, mix(top, colour, 0.22)],
      ]),
    ),
  );
  page.add(
    rect(
      0,
      table - 1,
      width,
      height * 0.012,
      page.linear([
        [0, darker(deep, 0.3), 0.35],
        [1, deep, 0],
      ]),
    ),
  );
}

/** A glass of preserve standing on `y`; 400 units wide, 500 high. */
export function jar(page: Sheet, chance: Random, flavour: Flavour, x: number, y: number, unit: number): string {
  const { colour, name } = flavour;
  const shadow = ellipse(
    40,
    0,
    270,
    34,
    page.radial([
      [0, '#1a0f1c', 0.5],
      [0.6, '#1a0f1c', 0.18],
      [1, '#1a0f1c', 0],
    ]),
  );
  const glow = ellipse(
    170,
    22,
    150,
    20,
    page.radial([
      [0, colour, 0.5],
      [1, colour, 0],
    ]),
  );
  const outline =
    'M-150 -410C-190 -395 -200 -370 -200 -335V-50C-200 -14 -180 0 -150 0H150C180 0 200 -14 200 -50V-335C200 -370 190 -395 150 -410Z';
  const filling =
    'M-188 -345C-186 -362 -176 -372 -160 -376Q0 -362 160 -376C176 -372 186 -362 188 -345V-50C188 -22 172 -11 146 -11H-146C-172 -11 -188 -22 -188 -50Z';
  const parts: string[] = [shadow, glow];
  parts.push(
    path(
      outline,
      page.linear(
        [
          [0, mix('#cfd8d8', colour, 0.25), 0.9],
          [0.12, '#ffffff', 0.75],
          [0.5, '#f4f7f6', 0.6],
          [0.9, '#ffffff', 0.7],
          [1, mix('#b7c4c4', colour, 0.3), 0.95],
        ],
        'right',
      ),
    ),
  );
  parts.push(
    path(
      filling,
      page.linear(
        [
          [0, darker(colour, 0.5)],
          [0.14, colour],
          [0.42, lighter(colour, 0.22)],
          [0.78, colour],
          [1, darker(colour, 0.55)],
        ],
        'right',
      ),
    ),
  );
  for (let piece = 0; piece < 22; piece += 1) {
    const [px, py] = [chance.between(-165, 165), chance.between(-345, -30)];
    parts.push(
      ellipse(
        px,
        py,
        chance.between(10, 30),
        chance.between(8, 22),
        chance.chance(0.5) ? lighter(colour, 0.3) : darker(colour, 0.3),
        `fill-opacity="${n(chance.between(0.2, 0.45))}" transform="rotate(${n(chance.between(-40, 40))} ${n(px)} ${n(py)})"`,
      ),
    );
  }
  parts.push(
    rect(
      -188,
      -60,
      376,
      50,
      page.linear([
        [0, '#1a0f1c', 0],
        [1, '#1a0f1c', 0.35],
      ]),
      'rx="30"',
    ),
  );
  parts.push(...label(page, flavour, name));
  parts.push(
    path(
      'M-172 -340C-172 -356 -164 -364 -152 -368L-140 -366V-60C-140 -40 -150 -34 -160 -34C-168 -36 -172 -46 -172 -60Z',
      page.linear([
        [0, '#ffffff', 0.75],
        [1, '#ffffff', 0.12],
      ]),
    ),
  );
  parts.push(path('M166 -340V-70', 'none', 'stroke="#ffffff" stroke-width="7" stroke-linecap="round" stroke-opacity="0.35"'));
  parts.push(chance.chance(0.45) ? cloth(page, chance, colour) : lid(page, chance));
  return group(at(x, y, 0, unit), ...parts);
}

function label(page: Sheet, { colour }: Flavour, name: string): string[] {
  const ink = darker(colour, 0.35);
  const size = fitted(name, 230, 26, 0.2);
  return [
    path(
      'M-150 -300Q0 -288 150 -300V-92Q0 -80 -150 -92Z',
      page.linear(
        [
          [0, darker(BRAND.cream, 0.16)],
          [0.2, '#fffaf1'],
          [0.7, BRAND.cream],
          [1, darker(BRAND.cream, 0.22)],
        ],
        'right',
      ),
    ),
    path('M-138 -287Q0 -276 138 -287V-105Q0 -94 -138 -105Z', 'none', `stroke="${ink}" stroke-width="2" stroke-opacity="0.55"`),
    mark(0, -238, 26, colour, BRAND.leaf, BRAND.cream),
    words(HOUSE, 0, -174, { size: 15, colour: ink, anchor: 'middle', weight: 0.13, spacing: 0.4 }),
    words(name, 0, -134, { size, colour: ink, anchor: 'middle', weight: 0.12, spacing: 0.2 }),
    line('M-44 -118Q0 -114 44 -118', ink, 1.6),
  ];
}

function lid(page: Sheet, chance: Random): string {
  const metal = chance.pick([
    ['#8a6a2a', '#f1d58a'],
    ['#7d7f84', '#f3f4f5'],
    [BRAND.plum, '#a4688f'],
    ['#3c3a3c', '#8b888a'],
  ] as const);
  const fill = page.linear(
    [
      [0, metal[0]],
      [0.2, metal[1]],
      [0.45, mix(metal[0], metal[1], 0.5)],
      [0.75, mix(metal[0], metal[1], 0.85)],
      [1, metal[0]],
    ],
    'right',
  );
  const ribs = Array.from({ length: 26 }, (_, rib) => `M${-158 + rib * 12.6} -462V-416`).join('');
  return (
    rect(-150, -424, 300, 22, darker(metal[0], 0.3), 'fill-opacity="0.35"') +
    rect(-168, -480, 336, 68, fill, 'rx="12"') +
    ellipse(0, -479, 162, 13, lighter(metal[1], 0.25)) +
    line(ribs, darker(metal[0], 0.25), 2, 'stroke-opacity="0.35"')
  );
}

/** Checked cotton under a string. */
function cloth(page: Sheet, chance: Random, colour: string): string {
  const dye = chance.pick([colour, BRAND.raspberry, BRAND.forest, BRAND.plum, '#3f6a8a']);
  const shape =
    'M-160 -470Q-80 -520 0 -520Q80 -520 160 -470L172 -432Q214 -400 226 -362Q190 -376 170 -356Q140 -380 112 -356Q80 -380 52 -354Q10 -380 -28 -354Q-60 -380 -92 -356Q-122 -380 -150 -356Q-176 -380 -226 -362Q-210 -402 -172 -432Z';
  const checks: string[] = [];
  for (let step = -240; step < 240; step += 44)
    checks.push(rect(step, -530, 22, 190, dye, 'fill-opacity="0.42"'), rect(-240, step / 1.2 - 440, 480, 20, dye, 'fill-opacity="0.42"'));
  const shade = page.linear(
    [
      [0, '#1a0f1c', 0.35],
      [0.3, '#ffffff', 0.1],
      [0.65, '#ffffff', 0],
      [1, '#1a0f1c', 0.4],
    ],
    'right',
  );
  return (
    `<g clip-path="${page.clip(`<path d="${shape}"/>`)}">${rect(-240, -530, 480, 190, '#fffaf2')}${checks.join('')}${rect(-240, -530, 480, 190, shade)}</g>` +
    line('M-168 -426Q0 -406 168 -426M-166 -417Q0 -397 166 -417', '#b08a57', 6) +
    line('M40 -408Q100 -470 112 -410Q80 -392 40 -408Q-10 -460 -22 -404Q10 -388 40 -408M40 -408L20 -350M40 -408L74 -346', '#b08a57', 5)
  );
}
