import { joinSteps, keyOf, readParam, splitSteps, writeParam } from './transformation-text.ts';

/** The first layer of a kind within a transformation, edited in place. Pure. */

export type LayerKind = 'l-text' | 'l-image';

/** `l-image,i-ik_canvas` is a plain area: none of ours. */
const isOurs = (item: string, kind: LayerKind): boolean => keyOf(item) === kind && !/^l-image,i-ik_canvas\b/.test(item);

/** What stands between `l-text,` and `,l-end`. */
const insideOf = (item: string, kind: LayerKind): string => item.slice(kind.length + 1).replace(/(^|,)l-end$/, '');

const wrapped = (kind: LayerKind, inside: string): string => `${kind},${inside === '' ? '' : `${inside},`}l-end`;

/** Null without such a layer. */
export function readLayer(text: string, kind: LayerKind): string | null {
  const item = splitSteps(text)
    .flat()
    .find((each) => isOurs(each, kind));
  return item === undefined ? null : insideOf(item, kind);
}

/** The text with this inside of the layer: changed, added at the end, or (null) without it. */
function writeLayer(text: string, kind: LayerKind, inside: string | null): string {
  const steps = splitSteps(text);
  const at = steps.findIndex((items) => items.some((item) => isOurs(item, kind)));
  if (at < 0) {
    if (inside === null) return text;
    const last = (steps.at(-1) ?? []).filter((item) => item !== '');
    // After all steps, so that nothing turns or shrinks it; a condition stands alone.
    const after = last.some((item) => item.startsWith('if-')) ? [last, [wrapped(kind, inside)]] : [[...last, wrapped(kind, inside)]];
    return joinSteps([...steps.slice(0, -1), ...after]);
  }
  let done = false;
  const items = (steps[at] ?? []).flatMap((item) => {
    if (done || !isOurs(item, kind)) return [item];
    done = true;
    return inside === null ? [] : [wrapped(kind, inside)];
  });
  const next = steps.toSpliced(at, 1, items);
  return joinSteps(next.length > 1 ? next.filter((each) => each.length > 0) : next);
}

export const readLayerParam = (text: string, kind: LayerKind, key: string): string | null => readParam(readLayer(text, kind) ?? '', key);

export const writeLayerParam = (text: string, kind: LayerKind, key: string, value: string | null): string =>
  writeLayer(text, kind, writeParam(readLayer(text, kind) ?? '', key, value));

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function fromBase64(text: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(decoded(text)), (char) => char.charCodeAt(0)));
  } catch {
    return '';
  }
}

/** The words of the text layer; null without one. */
export function readWords(text: string): string | null {
  if (readLayer(text, 'l-text') === null) return null;
  const encoded = readLayerParam(text, 'l-text', 'ie');
  return encoded === null ? decoded(readLayerParam(text, 'l-text', 'i') ?? '') : fromBase64(encoded);
}

/** Words as the SDKs write them: plain when they are simple, else base64; without words there is no layer. */
export function writeWords(text: string, words: string): string {
  if (words === '') return writeLayer(text, 'l-text', null);
  const simple = /^[\w .-]+$/.test(words);
  const cleared = writeLayerParam(text, 'l-text', simple ? 'ie' : 'i', null);
  return writeLayerParam(cleared, 'l-text', simple ? 'i' : 'ie', encodeURIComponent(simple ? words : base64(words)));
}

/** The library path of the picture layer, with slashes; null without one. */
export function readPicture(text: string): string | null {
  if (readLayer(text, 'l-image') === null) return null;
  const encoded = readLayerParam(text, 'l-image', 'ie');
  return (encoded === null ? decoded(readLayerParam(text, 'l-image', 'i') ?? '') : fromBase64(encoded)).replaceAll('@@', '/');
}

export function writePicture(text: string, path: string): string {
  if (path === '') return writeLayer(text, 'l-image', null);
  const cleared = writeLayerParam(text, 'l-image', 'ie', null);
  const value = path.replace(/^\//, '').split('/').map(encodeURIComponent).join('@@');
  return writeLayerParam(cleared, 'l-image', 'i', value);
}
