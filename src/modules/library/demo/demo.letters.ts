import { n } from './demo.svg.ts';

/**
 * Capitals drawn with one line each, so that pictures with words look the same on machines without any font.
 * Each letter: its width, and its path in a box 14 high.
 */
const LETTERS: Readonly<Record<string, readonly [width: number, d: string]>> = {
  A: [10, 'M0 14L5 0L10 14M1.9 9.3H8.1'],
  B: [9, 'M0 7V0H4.6A3.4 3.4 0 0 1 4.6 6.8H0V14H5.2A3.6 3.6 0 0 0 5.2 6.8'],
  C: [12, 'M11.9 2.1A7 7 0 1 0 11.9 11.9'],
  D: [11, 'M0 0V14H4A7 7 0 0 0 4 0Z'],
  E: [8, 'M8 0H0V14H8M0 6.8H6.6'],
  F: [8, 'M8 0H0V14M0 6.8H6.6'],
  G: [14, 'M11.9 2.1A7 7 0 1 0 14 7.4H9'],
  H: [10, 'M0 0V14M10 0V14M0 6.8H10'],
  I: [0, 'M0 0V14'],
  J: [6, 'M6 0V10.4A3.2 3.2 0 0 1 0 11.6'],
  K: [9.5, 'M0 0V14M9 0L0 8.6M3.1 5.8L9.5 14'],
  L: [7.5, 'M0 0V14H7.5'],
  M: [13, 'M0 14V0L6.5 9L13 0V14'],
  N: [10.5, 'M0 14V0L10.5 14V0'],
  O: [14, 'M7 0A7 7 0 1 0 7 14A7 7 0 1 0 7 0Z'],
  P: [9, 'M0 14V0H5A4 4 0 0 1 5 8H0'],
  Q: [14, 'M7 0A7 7 0 1 0 7 14A7 7 0 1 0 7 0ZM9 9.5L13.8 14.6'],
  R: [9.5, 'M0 14V0H5A4 4 0 0 1 5 8H0M5 8L9.5 14'],
  S: [9, 'M8.3 2.6C7.6 .9 6.2 0 4.4 0C2 0 .4 1.5 .4 3.5C.4 8.3 8.8 5.6 8.8 10.4C8.8 12.5 7 14 4.5 14C2.3 14 .6 12.9 0 10.9'],
  T: [10, 'M0 0H10M5 0V14'],
  U: [10, 'M0 0V9A5 5 0 0 0 10 9V0'],
  V: [10.5, 'M0 0L5.2 14L10.5 0'],
  W: [16, 'M0 0L4 14L8 1.5L12 14L16 0'],
  X: [10, 'M0 0L10 14M10 0L0 14'],
  Y: [10, 'M0 0L5 7.4L10 0M5 7.4V14'],
  Z: [9.5, 'M0 0H9.5L0 14H9.5'],
  '0': [9, 'M4.5 0A4.5 7 0 1 0 4.5 14A4.5 7 0 1 0 4.5 0Z'],
  '1': [3.5, 'M0 2.6L3.5 0V14'],
  '2': [8.8, 'M.3 3.6C.5 1.4 2.2 0 4.4 0C6.8 0 8.4 1.6 8.4 3.8C8.4 7 4 9 0 14H8.8'],
  '3': [8.7, 'M.3 0H8.2L4 5.6C6.8 5.5 8.7 7.2 8.7 9.7C8.7 12.3 6.8 14 4.2 14C2.1 14 .6 12.9 0 11'],
  '4': [9.5, 'M7 14V0L0 10H9.5'],
  '5': [8.7, 'M8 0H1.6L.9 6.2C1.8 5.5 3 5.1 4.2 5.1C6.9 5.1 8.7 6.9 8.7 9.5C8.7 12.2 6.8 14 4.2 14C2.1 14 .6 13 0 11.2'],
  '6': [9, 'M6.6 0L.8 7.4M4.5 5A4.5 4.5 0 1 0 4.5 14A4.5 4.5 0 1 0 4.5 5Z'],
  '7': [8.5, 'M0 0H8.5L3 14'],
  '8': [9, 'M4.5 0A3.3 3.3 0 1 0 4.5 6.6A3.3 3.3 0 1 0 4.5 0ZM4.5 6.6A3.8 3.7 0 1 0 4.5 14A3.8 3.7 0 1 0 4.5 6.6Z'],
  '9': [9, 'M2.4 14L8.2 6.6M4.5 0A4.5 4.5 0 1 0 4.5 9A4.5 4.5 0 1 0 4.5 0Z'],
  '-': [4.5, 'M0 7.4H4.5'],
  '.': [0, 'M0 14V13.9'],
  ':': [0, 'M0 4.4V4.3M0 12.6V12.5'],
  ',': [1, 'M1 13.4L0 16'],
  '!': [0, 'M0 0V9.6M0 14V13.9'],
  "'": [0, 'M0 0V2.8'],
  '+': [8, 'M0 7.4H8M4 3.4V11.4'],
  '/': [6, 'M0 15L6 -1'],
  '%': [12, 'M1.5 14L10.5 0M2.4 0A2.4 3 0 1 0 2.4 6A2.4 3 0 1 0 2.4 0ZM9.6 8A2.4 3 0 1 0 9.6 14A2.4 3 0 1 0 9.6 8Z'],
  '&': [11, 'M11 14L3 4.2C1.8 2.6 2.6 0 5 0C7.4 0 8 2.6 6.4 4.2C4 6.4 .4 7.4 .4 10.6C.4 12.8 2.2 14 4.2 14C7.4 14 9.4 11.4 10 8'],
  '·': [0, 'M0 7.4V7.3'],
};
const HEIGHT = 14;
const SPACE = 6;

export interface Lettering {
  /** Height of a capital, px. */
  readonly size: number;
  readonly colour: string;
  /** Thickness of the line, share of the height; default 0.11. */
  readonly weight?: number;
  /** Between letters, share of the height; default 0.28. */
  readonly spacing?: number;
  readonly anchor?: 'start' | 'middle' | 'end';
}

/** How wide the words will be, px. */
export function wordsWidth(text: string, { size, spacing = 0.28 }: Pick<Lettering, 'size' | 'spacing'>): number {
  const gap = spacing * HEIGHT;
  let width = 0;
  for (const letter of text.toUpperCase()) width += (LETTERS[letter]?.[0] ?? SPACE) + gap;
  return ((width - gap) * size) / HEIGHT;
}

/** Words as one path whose capitals stand on `y`. Letters it does not know are left out as a space. */
export function words(text: string, x: number, y: number, lettering: Lettering): string {
  const { size, colour, weight = 0.11, spacing = 0.28, anchor = 'start' } = lettering;
  const scale = size / HEIGHT;
  const start = x - (anchor === 'start' ? 0 : wordsWidth(text, lettering) / (anchor === 'middle' ? 2 : 1));
  let cursor = 0;
  const letters: string[] = [];
  for (const letter of text.toUpperCase()) {
    const known = LETTERS[letter];
    if (known) letters.push(`<path transform="translate(${n(cursor)} 0)" d="${known[1]}"/>`);
    cursor += (known?.[0] ?? SPACE) + spacing * HEIGHT;
  }
  const transform = `translate(${n(start)} ${n(y - size)}) scale(${Math.round(scale * 1000) / 1000})`;
  const stroke = `fill="none" stroke="${colour}" stroke-width="${Math.round(weight * HEIGHT * 100) / 100}" stroke-linecap="round" stroke-linejoin="round"`;
  return `<g transform="${transform}" ${stroke}>${letters.join('')}</g>`;
}

/** The largest size, at most `size`, at which the words are no wider than `width`. */
export function fitted(text: string, width: number, size: number, spacing = 0.28): number {
  const natural = wordsWidth(text, { size, spacing });
  return natural <= width ? size : (size * width) / natural;
}
