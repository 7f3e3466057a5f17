/** Colours of the house, and of its days. */

export const BRAND = {
  plum: '#5b2a4e',
  night: '#2c1530',
  damson: '#7a3b6b',
  apricot: '#f2a65a',
  cream: '#fbf3e7',
  sand: '#ecd9bd',
  leaf: '#5e7f4b',
  forest: '#2f4a3a',
  quince: '#e3bc4b',
  raspberry: '#c8385a',
  sky: '#a9c9d8',
  ink: '#33222f',
} as const;

/** Between two `#rrggbb` colours; 0 is the first. */
export function mix(first: string, second: string, share: number): string {
  const a = channels(first);
  const b = channels(second);
  return `#${a.map((value, index) => hex(value + ((b[index] ?? 0) - value) * share)).join('')}`;
}

export const lighter = (colour: string, share: number): string => mix(colour, '#ffffff', share);
export const darker = (colour: string, share: number): string => mix(colour, '#1a0f1c', share);

function channels(colour: string): number[] {
  return [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16));
}

function hex(value: number): string {
  return Math.round(Math.min(255, Math.max(0, value)))
    .toString(16)
    .padStart(2, '0');
}

/** A time of day and year as a landscape shows it: sky from top to horizon, the sun, far to near land, water, what blossoms. */
export interface Light {
  readonly name: string;
  readonly sky: readonly [string, string, string];
  readonly sun: string;
  readonly far: string;
  readonly near: string;
  readonly crown: readonly [string, string, string];
  readonly night: boolean;
}

export const LIGHTS: readonly Light[] = [
  light('spring morning', ['#8fc1d9', '#cfe4e3', '#fdeedb'], '#fff4d6', '#a9c4bd', '#4f7a4a', ['#f7cfd6', '#f2b3c1', '#fbe6e6']),
  light('golden hour', ['#e58f65', '#f4bd7e', '#fbe3b4'], '#fff0c2', '#d9a487', '#5d4a36', ['#8a7a3c', '#a98a3f', '#6d6a38']),
  light('dusk', ['#3d2a5c', '#8c4a72', '#f09a76'], '#ffd9a3', '#9a5d7d', '#2a1b3a', ['#3e2747', '#4f2f50', '#331f40']),
  light('high summer', ['#4f9fc9', '#93cbdc', '#e4f2e4'], '#fffbe0', '#8fb9a5', '#3d6b3a', ['#5d8f45', '#78a34c', '#4a7a3d']),
  light('autumn', ['#b9cdd0', '#e6dcc4', '#f7d9a8'], '#fff1cf', '#c3a98a', '#6b3f2a', ['#c9622e', '#dd8d35', '#a8442c']),
  light('winter', ['#9fb4c7', '#cfdae2', '#f4efe9'], '#ffffff', '#b7c4d1', '#5c6c80', ['#dfe7ee', '#c3cfdb', '#f2f5f8']),
  light('blue night', ['#0f1533', '#26315f', '#5b5f93'], '#fdf6da', '#4b5488', '#11142e', ['#1c2144', '#262b52', '#151a38'], true),
  light('plum evening', ['#4b2a55', '#a05a78', '#f3b8a0'], '#ffe3c4', '#a97390', '#35203f', ['#5b2a4e', '#7a3b6b', '#472346']),
  light('sea mist', ['#7fa9b5', '#b4cfd0', '#eee9dc'], '#fffaf0', '#a7bfc1', '#3f5f66', ['#54797a', '#6b8f8a', '#456a6b']),
];

function light(name: string, sky: Light['sky'], sun: string, far: string, near: string, crown: Light['crown'], night = false): Light {
  return { name, sky, sun, far, near, crown, night };
}
