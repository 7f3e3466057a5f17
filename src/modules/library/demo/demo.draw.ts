import { LIGHTS } from './demo.colour.ts';
import { type Flavour, FLAVOURS } from './demo.fruit.ts';
import type { Drawing } from './demo.item.ts';
import { banner } from './demo.banner.ts';
import { product } from './demo.jar.ts';
import { landscape } from './demo.landscape.ts';
import { icon, logo, LOGO_TONES, swatches } from './demo.logo.ts';
import { pattern } from './demo.pattern.ts';
import { portrait } from './demo.portrait.ts';
import { random } from './demo.random.ts';
import { giftBox } from './demo.gift.ts';
import { table } from './demo.table.ts';

/** The drawing as SVG; the same drawing is always the same text. */
export function draw({ scene, seed, width, height }: Drawing): string {
  const chance = random(seed);
  switch (scene.kind) {
    case 'landscape':
      return landscape(chance, width, height, one(LIGHTS, scene.light), scene.land);
    case 'product':
      return product(chance, width, height, [flavour(scene.flavour), flavour(scene.flavour + 2), flavour(scene.flavour + 5)], scene.shot);
    case 'table':
      return table(chance, width, height, flavour(scene.flavour));
    case 'gift':
      return giftBox(chance, width, height, flavour(scene.flavour));
    case 'portrait':
      return portrait(chance, width, height);
    case 'pattern':
      return pattern(chance, width, height, scene.pattern, flavour(scene.flavour));
    case 'banner':
      return banner(chance, width, height, flavour(scene.flavour), scene.lines, scene.call);
    case 'logo':
      return logo(scene.form, one(LOGO_TONES, scene.tone), width, height);
    case 'icon':
      return icon(scene.icon, scene.colour, width);
    case 'swatches':
      return swatches(width, height);
  }
}

const flavour = (index: number): Flavour => one(FLAVOURS, index);

function one<T>(list: readonly T[], index: number): T {
  const found = list[index % list.length];
  if (found === undefined) throw new Error('an empty list');
  return found;
}
