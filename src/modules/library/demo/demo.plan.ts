import type { DemoItem } from './demo.item.ts';
import { type Random, random } from './demo.random.ts';
import { SERIES, type Series } from './demo.series.ts';

/** Every asset of the demo library carries this tag … */
export const DEMO_TAG = 'demo';
/** … and this as its source, said by a person: only what has both is taken away again. */
export const DEMO_SOURCE = 'Damson demo library';

const PUBLISHED_SHARE = 0.34;

/** Which files the demo library has. The same seed and count give the same plan; names are unique in their folders. */
export function plan(seed: string, count: number): DemoItem[] {
  const chance = random(`${seed}/plan`);
  const numbers = shares(count);
  const slots = SERIES.flatMap((series, index) => Array.from({ length: numbers[index] ?? 0 }, (_, at) => ({ series, at })));
  const taken = new Set<string>();
  return chance
    .shuffle(slots)
    .map(({ series, at }) => item(random(`${seed}/${series.name}/${at}`), series, at, `${seed}/${series.name}/${at}`, taken));
}

function item(chance: Random, series: Series, at: number, seed: string, taken: Set<string>): DemoItem {
  const made = series.make(chance, at, seed);
  return {
    ...made,
    name: unique(made.folder, made.name, taken),
    tags: [...new Set([...made.tags, DEMO_TAG])],
    publish: chance.chance(PUBLISHED_SHARE),
  };
}

function unique(folder: string, name: string, taken: Set<string>): string {
  const dot = name.lastIndexOf('.');
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? name : `${name.slice(0, dot)}-${number}${name.slice(dot)}`;
    const key = `${folder}/${candidate}`;
    if (taken.has(key)) continue;
    taken.add(key);
    return candidate;
  }
}

/** How many of each series: by largest remainder, so that they add up to `count`. */
function shares(count: number): number[] {
  const whole = SERIES.reduce((sum, series) => sum + series.weight, 0);
  const exact = SERIES.map((series) => (series.weight / whole) * count);
  const numbers = exact.map(Math.floor);
  const byRest = exact
    .map((value, index) => ({ index, rest: value - Math.floor(value) }))
    .sort((a, b) => b.rest - a.rest || a.index - b.index);
  const missing = count - numbers.reduce((sum, value) => sum + value, 0);
  for (const { index } of byRest.slice(0, missing)) numbers[index] = (numbers[index] ?? 0) + 1;
  return numbers;
}
