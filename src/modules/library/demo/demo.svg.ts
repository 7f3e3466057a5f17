/** Small helpers to write SVG as text. Numbers are rounded: a file nobody edits needs no more than a tenth of a pixel. */

export const n = (value: number): string => String(Math.round(value * 10) / 10);

export interface Sheet {
  readonly width: number;
  readonly height: number;
  /** Adds a definition. @returns `url(#…)` */
  linear(stops: readonly Stop[], direction?: 'down' | 'right' | 'diagonal'): string;
  radial(stops: readonly Stop[], centre?: readonly [x: number, y: number], radius?: number): string;
  clip(shape: string): string;
  add(...parts: readonly string[]): void;
  /** The document. `title` is what a screen reader says. */
  svg(title: string): string;
}

/** Position 0-1, colour, opacity. */
export type Stop = readonly [at: number, colour: string, opacity?: number];

const DIRECTIONS = { down: 'x1="0" y1="0" x2="0" y2="1"', right: 'x1="0" y1="0" x2="1" y2="0"', diagonal: 'x1="0" y1="0" x2="1" y2="1"' };

export function sheet(width: number, height: number): Sheet {
  const defs: string[] = [];
  const body: string[] = [];
  const known = new Map<string, string>();
  const define = (make: (id: string) => string): string => {
    const key = make('');
    const old = known.get(key);
    if (old !== undefined) return old;
    const id = `d${known.size}`;
    known.set(key, `url(#${id})`);
    defs.push(make(id));
    return `url(#${id})`;
  };
  const stops = (list: readonly Stop[]): string =>
    list
      .map(
        ([at, colour, opacity]) =>
          `<stop offset="${at}" stop-color="${colour}"${opacity === undefined ? '' : ` stop-opacity="${opacity}"`}/>`,
      )
      .join('');
  return {
    width,
    height,
    linear: (list, direction = 'down') =>
      define((id) => `<linearGradient id="${id}" ${DIRECTIONS[direction]}>${stops(list)}</linearGradient>`),
    radial: (list, [x, y] = [0.5, 0.5], radius = 0.5) =>
      define((id) => `<radialGradient id="${id}" cx="${x}" cy="${y}" r="${radius}">${stops(list)}</radialGradient>`),
    clip: (shape) => define((id) => `<clipPath id="${id}">${shape}</clipPath>`),
    add: (...parts) => void body.push(...parts),
    svg: (title) =>
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><title>${escape(title)}</title>` +
      `<defs>${defs.join('')}</defs>${body.join('')}</svg>`,
  };
}

export const rect = (x: number, y: number, width: number, height: number, fill: string, more = ''): string =>
  `<rect x="${n(x)}" y="${n(y)}" width="${n(width)}" height="${n(height)}" fill="${fill}" ${more}/>`;

export const circle = (x: number, y: number, r: number, fill: string, more = ''): string =>
  `<circle cx="${n(x)}" cy="${n(y)}" r="${n(r)}" fill="${fill}" ${more}/>`;

export const ellipse = (x: number, y: number, rx: number, ry: number, fill: string, more = ''): string =>
  `<ellipse cx="${n(x)}" cy="${n(y)}" rx="${n(rx)}" ry="${n(ry)}" fill="${fill}" ${more}/>`;

export const path = (d: string, fill: string, more = ''): string => `<path d="${d}" fill="${fill}" ${more}/>`;

export const line = (d: string, stroke: string, width: number, more = ''): string =>
  `<path d="${d}" fill="none" stroke="${stroke}" stroke-width="${n(width)}" stroke-linecap="round" stroke-linejoin="round" ${more}/>`;

export const group = (transform: string, ...parts: readonly string[]): string => `<g transform="${transform}">${parts.join('')}</g>`;

/** Moved, turned (degrees) and scaled. */
export const at = (x: number, y: number, turn = 0, scale = 1): string =>
  `translate(${n(x)} ${n(y)})${turn === 0 ? '' : ` rotate(${n(turn)})`}${scale === 1 ? '' : ` scale(${Math.round(scale * 1000) / 1000})`}`;

export function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

/** A line through the points without corners. */
export function smooth(points: readonly (readonly [number, number])[]): string {
  let d = '';
  for (const [index, [x, y]] of points.entries()) {
    const before = points[index - 1];
    if (before === undefined) d = `M${n(x)} ${n(y)}`;
    else {
      const middle = (before[0] + x) / 2;
      d += `C${n(middle)} ${n(before[1])} ${n(middle)} ${n(y)} ${n(x)} ${n(y)}`;
    }
  }
  return d;
}
