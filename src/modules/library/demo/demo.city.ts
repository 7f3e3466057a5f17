import { type Light, lighter, mix } from './demo.colour.ts';
import type { Random } from './demo.random.ts';
import { ellipse, n, path, rect, type Sheet } from './demo.svg.ts';

/** Rows of houses and towers, the near ones with windows. */
export function drawCity(page: Sheet, chance: Random, light: Light, horizon: number): void {
  const { width, height } = page;
  const lamp = '#ffd98a';
  for (let layer = 0; layer < 4; layer += 1) {
    const share = layer / 3;
    const foot = horizon + height * 0.12 + height * 0.14 * layer;
    const colour = mix(light.far, light.near, share);
    const fill = page.linear([
      [0, colour],
      [1, mix(colour, light.sky[2], 0.4 - share * 0.28)],
    ]);
    for (let x = -width * 0.02; x < width; ) {
      const wide = width * chance.between(0.025, 0.06) * (1 + share * 0.9);
      const tall = height * chance.between(0.1, 0.3) * (1.05 - share * 0.35);
      const top = foot - tall;
      page.add(rect(x, top, wide * 0.96, height - top, fill));
      const roof = chance.int(0, 4);
      if (roof === 0)
        page.add(path(`M${n(x)} ${n(top + 1)}L${n(x + wide * 0.48)} ${n(top - wide * 0.42)}L${n(x + wide * 0.96)} ${n(top + 1)}Z`, colour));
      if (roof === 1)
        page.add(
          ellipse(x + wide * 0.48, top, wide * 0.34, wide * 0.4, colour),
          rect(x + wide * 0.46, top - wide * 0.85, wide * 0.045, wide * 0.6, colour),
        );
      if (layer > 0)
        drawWindows(
          page,
          chance,
          x,
          top,
          wide,
          Math.min(tall, height - top),
          light.night || light.name !== 'high summer' ? lamp : lighter(colour, 0.4),
          share,
        );
      x += wide * chance.between(1, 1.12);
    }
  }
}

function drawWindows(page: Sheet, chance: Random, x: number, top: number, wide: number, tall: number, lamp: string, share: number): void {
  const columns = Math.max(2, Math.round(wide / (page.width * 0.014)));
  const step = wide / (columns + 0.6);
  for (let row = 0; row * step * 1.5 < tall - step * 2; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      if (chance.chance(0.62)) continue;
      page.add(
        rect(
          x + step * (column + 0.55),
          top + step * (row * 1.5 + 1),
          step * 0.45,
          step * 0.75,
          lamp,
          `fill-opacity="${n(chance.between(0.25, 0.9) * (0.5 + share * 0.5))}"`,
        ),
      );
    }
  }
}
