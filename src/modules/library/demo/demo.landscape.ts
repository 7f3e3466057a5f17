import { type Light, lighter, darker, mix } from './demo.colour.ts';
import { drawCity } from './demo.city.ts';
import type { Random } from './demo.random.ts';
import { circle, ellipse, group, at, line, n, path, rect, type Sheet, sheet, smooth } from './demo.svg.ts';

export type Land = 'hills' | 'orchard' | 'lake' | 'sea' | 'city';

/** A place under a light: sky, sun, ridges that fade into the haze, and what stands in front. */
export function landscape(chance: Random, width: number, height: number, light: Light, land: Land): string {
  const page = sheet(width, height);
  const horizon = height * chance.between(0.5, 0.64);
  const sunX = width * chance.between(0.2, 0.8);
  drawSky(page, chance, light, horizon, sunX);
  if (land === 'sea') drawSea(page, chance, light, horizon, sunX);
  else if (land === 'city') drawCity(page, chance, light, horizon);
  else if (land === 'lake') drawLake(page, chance, light, horizon, sunX);
  else {
    drawRidges(page, chance, light, horizon - height * 0.16, horizon + height * 0.2, 5, height * 0.15);
    drawOrchard(page, chance, light, horizon + height * 0.12, land === 'orchard');
  }
  return page.svg(`${light.name}, ${land}`);
}

function drawSky(page: Sheet, chance: Random, light: Light, horizon: number, sunX: number): void {
  const { width, height } = page;
  const [top, middle, low] = light.sky;
  page.add(
    rect(
      0,
      0,
      width,
      height,
      page.linear([
        [0, top],
        [0.38, middle],
        [Math.min(0.8, horizon / height + 0.05), low],
        [1, low],
      ]),
    ),
  );
  if (light.night) {
    for (let star = 0; star < 140; star += 1) {
      const y = horizon * chance.next() ** 1.4;
      page.add(
        circle(
          width * chance.next(),
          y,
          (height / 900) * chance.between(0.5, 1.9),
          '#ffffff',
          `fill-opacity="${n(chance.between(0.3, 0.95))}"`,
        ),
      );
    }
  }
  const sunY = horizon - height * chance.between(0.06, 0.3);
  const radius = height * chance.between(0.045, 0.075);
  page.add(
    circle(
      sunX,
      sunY,
      radius * 7,
      page.radial([
        [0, light.sun, 0.75],
        [0.3, light.sun, 0.28],
        [1, light.sun, 0],
      ]),
    ),
  );
  page.add(circle(sunX, sunY, radius, light.sun));
  if (light.night)
    for (const [dx, dy, r] of [
      [-0.3, -0.2, 0.22],
      [0.25, 0.3, 0.3],
      [0.35, -0.4, 0.13],
    ] as const)
      page.add(circle(sunX + dx * radius, sunY + dy * radius, r * radius, light.sky[2], 'fill-opacity="0.22"'));
  const clouds = chance.int(2, 5);
  for (let cloud = 0; cloud < clouds; cloud += 1) drawCloud(page, chance, light, horizon);
  if (!light.night && chance.chance(0.5)) {
    const [x, y] = [width * chance.between(0.15, 0.75), horizon * chance.between(0.25, 0.55)];
    for (let bird = 0; bird < chance.int(3, 7); bird += 1) {
      const wing = height * chance.between(0.007, 0.013);
      const where = at(x + wing * bird * 2.6, y + wing * chance.between(-2.5, 2.5));
      page.add(
        group(
          where,
          line(
            `M${n(-wing)} ${n(-wing * 0.5)}Q${n(-wing * 0.4)} ${n(-wing * 0.6)} 0 0Q${n(wing * 0.4)} ${n(-wing * 0.6)} ${n(wing)} ${n(-wing * 0.5)}`,
            darker(light.far, 0.4),
            height / 500,
          ),
        ),
      );
    }
  }
}

function drawCloud(page: Sheet, chance: Random, light: Light, horizon: number): void {
  const { width, height } = page;
  const [x, y] = [width * chance.next(), horizon * chance.between(0.12, 0.75)];
  const long = width * chance.between(0.08, 0.22);
  const fill = page.linear([
    [0, lighter(light.sky[2], 0.55), light.night ? 0.16 : 0.75],
    [1, light.sky[2], 0.04],
  ]);
  for (let puff = 0; puff < 5; puff += 1) {
    const shift = (puff - 2) * 0.36;
    const size = (1 - Math.abs(shift) * 0.8) * height * chance.between(0.018, 0.034);
    page.add(rect(x + shift * long - long * 0.4, y - size, long * 0.8, size * 1.9, fill, `rx="${n(size)}"`));
  }
}

/** Ridges from the far and hazy one to the near and dark one. */
function drawRidges(page: Sheet, chance: Random, light: Light, first: number, last: number, count: number, swing: number): void {
  const { width, height } = page;
  for (let layer = 0; layer < count; layer += 1) {
    const share = layer / (count - 1);
    const base = first + (last - first) * share ** 1.25;
    const colour = mix(light.far, light.near, share);
    const points = ridge(chance, width, base, swing * (1 - share * 0.55), 7 + layer * 2);
    const mist = mix(colour, light.sky[2], 0.55 - share * 0.3);
    page.add(
      path(
        `${smooth(points)}L${width} ${height}L0 ${height}Z`,
        page.linear([
          [0, mix(colour, light.sun, 0.12)],
          [0.22, colour],
          [0.75, mist],
        ]),
      ),
    );
  }
}

function ridge(chance: Random, width: number, base: number, swing: number, steps: number): [number, number][] {
  const waves = [1, 2.3, 4.7].map((rate) => ({ rate: rate * chance.between(0.8, 1.3), phase: chance.between(0, 7), size: 1 / rate }));
  return Array.from({ length: steps + 1 }, (_, step) => {
    const t = step / steps;
    const lift = waves.reduce((sum, wave) => sum + Math.sin(t * 6 * wave.rate + wave.phase) * wave.size, 0);
    return [width * t, base - lift * swing * 0.42 + chance.between(-0.04, 0.04) * swing] as [number, number];
  });
}

/** Fields in rows that run to one point, and trees that grow towards the eye. */
function drawOrchard(page: Sheet, chance: Random, light: Light, from: number, rows: boolean): void {
  const { width, height } = page;
  const ground = mix(light.near, light.crown[1], light.night ? 0.1 : 0.22);
  const hill = `M0 ${n(from + height * 0.05)}Q${n(width * 0.45)} ${n(from - height * 0.05)} ${width} ${n(from + height * 0.03)}L${width} ${height}L0 ${height}Z`;
  page.add(
    path(
      hill,
      page.linear([
        [0, lighter(ground, 0.16)],
        [1, darker(ground, 0.35)],
      ]),
    ),
  );
  if (rows) {
    const stripes: string[] = [];
    const toward = width * chance.between(0.35, 0.65);
    for (let row = -16; row <= 16; row += 1)
      stripes.push(
        `M${n(toward + row * width * 0.012)} ${n(from)}L${n(toward + row * width * 0.16 - width * 0.03)} ${height}L${n(toward + row * width * 0.16 + width * 0.03)} ${height}Z`,
      );
    page.add(
      `<g clip-path="${page.clip(`<path d="${hill}"/>`)}">${path(stripes.join(''), lighter(ground, 0.22), 'fill-opacity="0.35"')}</g>`,
    );
  }
  const lines = rows ? 6 : 4;
  for (let depth = 0; depth < lines; depth += 1) {
    const share = (depth + 0.6) / lines;
    const size = height * (0.022 + 0.13 * share ** 1.9);
    const y = from + (height - from) * share ** 1.5 * 0.92 + height * 0.03;
    const gap = size * (rows ? 2.5 : chance.between(3.4, 6));
    for (let x = -size * chance.next(); x < width + size; x += gap * chance.between(0.85, 1.2)) {
      if (!rows && chance.chance(0.35)) continue;
      drawTree(page, chance, light, x, y + size * chance.between(-0.15, 0.15), size, share);
    }
  }
}

export function drawTree(page: Sheet, chance: Random, light: Light, x: number, y: number, size: number, nearness: number): void {
  const trunk = mix(light.far, darker(light.near, 0.45), nearness);
  page.add(ellipse(x + size * 0.3, y, size * 0.8, size * 0.14, darker(light.near, 0.6), 'fill-opacity="0.35"'));
  page.add(
    path(
      `M${n(x - size * 0.07)} ${n(y)}L${n(x - size * 0.04)} ${n(y - size * 0.7)}H${n(x + size * 0.04)}L${n(x + size * 0.07)} ${n(y)}Z`,
      trunk,
    ),
  );
  const crown = light.crown.map((colour) => mix(light.far, colour, 0.35 + nearness * 0.65));
  const puffs = [
    [-0.34, -0.72, 0.36],
    [0.34, -0.74, 0.38],
    [0, -1.05, 0.44],
    [-0.14, -0.82, 0.4],
    [0.2, -1, 0.3],
  ] as const;
  for (const [index, [dx, dy, r]] of puffs.entries()) {
    const base = crown[index % crown.length] ?? light.near;
    const fill = page.radial(
      [
        [0, mix(base, light.sun, 0.34)],
        [0.7, base],
        [1, darker(base, 0.14)],
      ],
      [0.38, 0.3],
      0.75,
    );
    page.add(circle(x + dx * size, y + dy * size, r * size * chance.between(0.92, 1.1), fill));
  }
  if (size < page.height * 0.05 || light.night) return;
  for (let dot = 0; dot < 16; dot += 1) {
    const [angle, far] = [chance.between(0, 6.3), Math.sqrt(chance.next()) * size * 0.55];
    page.add(
      circle(
        x + Math.cos(angle) * far,
        y - size * 0.88 + Math.sin(angle) * far * 0.8,
        size * chance.between(0.018, 0.036),
        mix(crown[2] ?? light.sun, light.sun, 0.5),
        'fill-opacity="0.8"',
      ),
    );
  }
}

function drawWater(page: Sheet, chance: Random, light: Light, from: number, sunX: number): void {
  const { width, height } = page;
  const deep = mix(light.sky[0], light.near, 0.45);
  page.add(
    rect(
      0,
      from,
      width,
      height - from,
      page.linear([
        [0, mix(light.sky[2], light.sky[1], 0.35)],
        [0.35, mix(light.sky[1], deep, 0.4)],
        [1, deep],
      ]),
    ),
  );
  for (let wave = 0; wave < 150; wave += 1) {
    const depth = chance.next() ** 1.5;
    const y = from + (height - from) * depth;
    const column = chance.chance(0.55);
    const spread = column ? width * (0.02 + 0.12 * depth) : width;
    const x = column ? sunX + chance.between(-1, 1) * spread : width * chance.next();
    const long = width * (0.012 + 0.05 * depth) * chance.between(0.5, 1.6);
    const colour = column ? light.sun : lighter(light.sky[1], 0.25);
    page.add(
      ellipse(
        x,
        y,
        long,
        height * (0.0008 + 0.004 * depth),
        colour,
        `fill-opacity="${n(column ? chance.between(0.3, 0.8) : chance.between(0.1, 0.3))}"`,
      ),
    );
  }
}

function drawSea(page: Sheet, chance: Random, light: Light, horizon: number, sunX: number): void {
  const { width, height } = page;
  drawWater(page, chance, light, horizon, sunX);
  const side = chance.chance(0.5) ? 0 : 1;
  for (let layer = 0; layer < 3; layer += 1) {
    const share = (layer + 1) / 3;
    const foot = horizon + height * 0.17 * share ** 1.8;
    const reach = width * (0.42 - layer * 0.07);
    const lift = height * (0.1 + 0.09 * layer) * chance.between(0.8, 1.2);
    const shape: [number, number][] = [
      [0, foot - lift],
      [reach * 0.3, foot - lift * chance.between(0.8, 1)],
      [reach * 0.62, foot - lift * 0.45],
      [reach * 0.85, foot - lift * 0.12],
      [reach, foot],
    ];
    const flip = side === 0 ? '' : ` transform="translate(${width} 0) scale(-1 1)"`;
    const colour = mix(light.far, light.near, share);
    page.add(
      `<g${flip}>${path(
        `${smooth(shape)}L0 ${n(foot)}Z`,
        page.linear([
          [0, mix(colour, light.sun, 0.15)],
          [1, darker(colour, 0.25)],
        ]),
      )}</g>`,
    );
  }
  const [x, y, size] = [
    width * chance.between(0.35, 0.65),
    horizon + height * chance.between(0.015, 0.06),
    height * chance.between(0.03, 0.055),
  ];
  page.add(
    group(
      at(x, y),
      path(`M${n(-size * 0.55)} 0H${n(size * 0.55)}L${n(size * 0.36)} ${n(size * 0.2)}H${n(-size * 0.4)}Z`, darker(light.near, 0.3)),
      path(`M0 ${n(-size * 0.08)}V${n(-size * 1.4)}L${n(size * 0.5)} ${n(-size * 0.08)}Z`, '#fffaf0'),
      path(`M${n(-size * 0.06)} ${n(-size * 0.08)}V${n(-size * 1.1)}L${n(-size * 0.38)} ${n(-size * 0.08)}Z`, '#f3e2cf'),
    ),
  );
}

function drawLake(page: Sheet, chance: Random, light: Light, horizon: number, sunX: number): void {
  const { width, height } = page;
  drawRidges(page, chance, light, horizon - height * 0.2, horizon - height * 0.01, 4, height * 0.3);
  drawWater(page, chance, light, horizon, sunX);
  const shore = height * chance.between(0.84, 0.9);
  const points = ridge(chance, width, shore, height * 0.06, 6);
  page.add(
    path(
      `${smooth(points)}L${width} ${height}L0 ${height}Z`,
      page.linear([
        [0, light.near],
        [1, darker(light.near, 0.5)],
      ]),
    ),
  );
  for (let tree = 0; tree < 7; tree += 1)
    drawTree(
      page,
      chance,
      light,
      width * chance.next(),
      shore + height * chance.between(0.02, 0.12),
      height * chance.between(0.06, 0.14),
      1,
    );
}
