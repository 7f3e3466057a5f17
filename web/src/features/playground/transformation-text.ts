/**
 * A transformation as text that a form edits in place: every piece it does not know stays exactly as written. Pure.
 * Steps are joined by `:`, items by `,`; a layer (`l-… l-end`) or condition (`if-… if-end`) is one item, separators and all.
 */

/** Raw items of each step. `joinSteps(splitSteps(text))` is `text` again, whatever it holds. */
export type Steps = readonly (readonly string[])[];

const opens = (token: string): boolean => /^(l-(?!end$)|if-(?!end$|else$))/.test(token);
const closes = (token: string): boolean => token === 'l-end' || token === 'if-end';

export function splitSteps(text: string): string[][] {
  const steps: string[][] = [[]];
  let item = '';
  let depth = 0;
  for (const token of text.split(/([,:])/)) {
    const separator = token === ',' || token === ':';
    if (separator && depth === 0) {
      steps.at(-1)?.push(item);
      item = '';
      if (token === ':') steps.push([]);
    } else {
      item += token;
      if (opens(token)) depth += 1;
      if (closes(token)) depth = Math.max(0, depth - 1);
    }
  }
  steps.at(-1)?.push(item);
  return steps;
}

export const joinSteps = (steps: Steps): string => steps.map((items) => items.join(',')).join(':');

/** `w` of `w-400`, `e-sharpen` of `e-sharpen-10`, `l-text` of a layer. */
export function keyOf(item: string): string {
  return /^(e|l|if)-[a-z]*/i.exec(item)?.[0] ?? item.split('-', 1)[0] ?? '';
}

/** What follows the key; a bare key means `true`. */
export function valueOf(item: string): string {
  const key = keyOf(item);
  return item.length > key.length ? item.slice(key.length + 1) : 'true';
}

const isCondition = (items: readonly string[]): boolean => items.some((item) => item.startsWith('if-'));

/** Keys that mean the same in whichever step they stand. */
const ANYWHERE: ReadonlySet<string> = new Set(['f', 'q', 'lo', 'pr', 'cp', 'md']);

/** The step that the form shows for a key: sizes are those of the first one. -1 = there is none. */
function stepOf(steps: Steps, key: string): number {
  if (ANYWHERE.has(key)) {
    const last = steps.findLastIndex((items) => items.some((item) => keyOf(item) === key));
    if (last >= 0) return last;
  }
  return steps.findIndex((items) => !isCondition(items));
}

/** The value of a parameter, the last one when it is repeated; null when it is not said. */
export function readParam(text: string, key: string): string | null {
  const steps = splitSteps(text);
  const item = steps[stepOf(steps, key)]?.findLast((each) => keyOf(each) === key);
  return item === undefined ? null : valueOf(item);
}

/** How a parameter is written; effects stand alone when they are simply on. */
export const written = (key: string, value: string): string => (value === 'true' && key.startsWith('e-') ? key : `${key}-${value}`);

/** The text with a parameter set where it stood, added at the end of its step, or (null) taken away. */
export function writeParam(text: string, key: string, value: string | null): string {
  const steps: string[][] = splitSteps(text);
  let at = stepOf(steps, key);
  if (at < 0) {
    if (value === null) return text;
    // A condition stands alone in its step.
    steps.unshift([]);
    at = 0;
  }
  const items = (steps[at] ?? []).filter((item, index, all) => item !== '' || all.length > 1);
  const kept = items.findIndex((item) => keyOf(item) === key);
  const others = items.filter((item, index) => index === kept || keyOf(item) !== key);
  if (value === null) steps[at] = others.filter((item) => keyOf(item) !== key);
  else if (kept >= 0) steps[at] = others.map((item) => (keyOf(item) === key ? written(key, value) : item));
  else {
    // Layers are laid over the result: they stay last.
    const layer = others.findIndex((item) => item.startsWith('l-'));
    steps[at] = others.toSpliced(layer < 0 ? others.length : layer, 0, written(key, value));
  }
  return joinSteps(steps.length > 1 ? steps.filter((each) => each.length > 0) : steps);
}

/** Several at once. */
export const writeParams = (text: string, params: Readonly<Record<string, string | null>>): string =>
  Object.entries(params).reduce((all, [key, value]) => writeParam(all, key, value), text);
