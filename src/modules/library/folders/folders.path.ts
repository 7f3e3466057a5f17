/** Names and paths as pure text: no folder or file name ever reaches a storage key (decisions 2). */

const MAX_NAME_BYTES = 255;

/**
 * The form of a name that must be unique in its folder and stands in addresses: NFC; `/`, `\`, NUL and control
 * characters as `_`; at most 255 bytes of UTF-8, keeping the extension; never empty, `.` or `..`.
 */
export function nameKey(raw: string): string {
  // biome-ignore lint: control characters are exactly what is replaced here
  const clean = raw
    .normalize('NFC')
    .toWellFormed()
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029/\\]/g, '_')
    .trim();
  const shortened = truncate(clean, MAX_NAME_BYTES);
  return shortened === '' || /^\.+$/.test(shortened) ? 'unnamed' : shortened;
}

function truncate(name: string, max: number): string {
  if (Buffer.byteLength(name) <= max) return name;
  const { stem, extension } = splitExtension(name);
  const tail = Buffer.byteLength(extension) < 32 ? extension : '';
  let cut = tail === '' ? name : stem;
  while (Buffer.byteLength(cut) + Buffer.byteLength(tail) > max) cut = cut.slice(0, -1);
  return (cut + tail).toWellFormed().replaceAll('\ufffd', '');
}

/** `hero.final.jpg` -> `hero.final` and `.jpg`; no extension for dot files. */
export function splitExtension(name: string): { stem: string; extension: string } {
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? { stem: name, extension: '' } : { stem: name.slice(0, dot), extension: name.slice(dot) };
}

/** `hero.jpg`, 2 -> `hero-2.jpg`: the name the next file of that name gets. */
export function numbered(name: string, n: number): string {
  const { stem, extension } = splitExtension(name);
  return truncate(`${stem}-${n}${extension}`, MAX_NAME_BYTES);
}

/** Names that the delivery grammar needs at the root of an endpoint. */
export function isReservedAtRoot(name: string): boolean {
  return name === 'w' || /^(@|tr:|ik-|~)/.test(name);
}

/** `/a//b/` -> `['a', 'b']`, each in `nameKey` form; `.` and `..` are refused by returning null. */
export function pathParts(path: string): string[] | null {
  const parts = path.split('/').filter((part) => part !== '');
  if (parts.some((part) => part === '.' || part === '..')) return null;
  return parts.map(nameKey);
}

export function joinPath(parent: string, name: string): string {
  return parent === '/' ? `/${name}` : `${parent}/${name}`;
}

export const MAX_FOLDER_DEPTH = 50;
/**
 * UTF-8 bytes of a folder's path. A path stands whole in an entry of a b-tree, which holds 2,704 bytes, and the address of a file
 * in the folder, up to 256 bytes longer, stands in another.
 */
export const MAX_FOLDER_PATH_BYTES = 2_000;

/** How many folders lie between the root and the end of the path, itself included. */
export function depthOf(path: string): number {
  return path === '/' ? 0 : path.split('/').length - 1;
}
