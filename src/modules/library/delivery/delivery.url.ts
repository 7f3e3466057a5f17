/** What a delivery URL says, read from the raw request target (delivery-urls 1 and 3). Pure; imports nothing. */

export type Address =
  | { readonly by: 'id'; readonly id: string }
  /** Folder path and name, decoded and in NFC, without a leading slash. */
  | { readonly by: 'path'; readonly path: string };

export type FilmSuffix = 'film' | 'hls' | 'dash' | 'gif' | 'sprite' | 'cues';

export interface DeliveryUrl {
  readonly address: Address;
  /** Transformation texts as received (still encoded): the path's, then the query's. */
  readonly transformations: readonly string[];
  /** `/ik-thumbnail.jpg` was there: the still of a video or document. */
  readonly still: boolean;
  /** A suffix that asks for something of a film: a manifest, a GIF as a film, small pictures and where they stand; `film` says no more than that it is one. */
  readonly film: FilmSuffix | null;
  /** `ik-obj-version`; null = the current version. */
  readonly version: number | null;
  /** `ik-attachment=true`; a name without extension when one was given. */
  readonly attachment: boolean;
  readonly attachmentName: string | null;
  readonly token: string | null;
}

export type UrlProblem = { readonly problem: 'EPARAM' | 'EUNSUPPORTED' | 'ENOENT'; readonly message: string; readonly parameter: string };

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const TRANSFORMATION = /^tr(:|%3a)/i;
/** Virtual last segments; `ik-video.mp4` may stand before another one. */
const FILM_SUFFIXES: ReadonlyMap<string, FilmSuffix> = new Map([
  ['ik-master.m3u8', 'hls'],
  ['ik-master.mpd', 'dash'],
  ['ik-gif-video.mp4', 'gif'],
  ['ik-sprite.jpg', 'sprite'],
  ['ik-sprite.vtt', 'cues'],
]);
const IS_FILM = 'ik-video.mp4';
const STILL = 'ik-thumbnail.jpg';
const nowhere: UrlProblem = { problem: 'ENOENT', message: 'no such asset', parameter: 'path' };
const bad = (parameter: string, message: string): UrlProblem => ({ problem: 'EPARAM', message, parameter });

/** Splits a raw target at its first `?`. */
export function splitTarget(rawTarget: string): { path: string; query: string } {
  const mark = rawTarget.indexOf('?');
  return mark < 0 ? { path: rawTarget, query: '' } : { path: rawTarget.slice(0, mark), query: rawTarget.slice(mark + 1) };
}

/** Query parameters as received, in order. */
export function queryPairs(query: string): { name: string; value: string }[] {
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const equals = pair.indexOf('=');
      return equals < 0 ? { name: pair, value: '' } : { name: pair.slice(0, equals), value: pair.slice(equals + 1) };
    });
}

/** One decoded path segment; null when it is not valid, hides a separator, or climbs. */
function segment(raw: string): string | null {
  let text: string;
  try {
    text = decodeURIComponent(raw);
  } catch {
    return null;
  }
  const hidden = [...text].some((char) => char === '/' || char === '\\' || char < ' ' || char === '\u007f');
  return hidden || text === '.' || text === '..' ? null : text.normalize('NFC');
}

/** Layers that a piece of a transformation opens, less those it closes: while any is open it goes on in the next segment (it held a bare slash). */
function opened(text: string): number {
  const items = text.split(/[,:]|%2c|%3a/i);
  return items.filter((item) => /^l-(?!end$)/.test(item)).length - items.filter((item) => item === 'l-end').length;
}

interface Segments {
  readonly transformation: string | null;
  readonly rest: string[];
}

/** Takes the `tr:` segment out, wherever before the file name it stands. */
function takeTransformation(raw: readonly string[]): Segments {
  const at = raw.findIndex((each) => TRANSFORMATION.test(each));
  if (at < 0) return { transformation: null, rest: [...raw] };
  let end = at + 1;
  let text = raw[at] ?? '';
  let open = opened(text);
  for (let next = raw[end]; open > 0 && next !== undefined; next = raw[end]) {
    text = `${text}/${next}`;
    open += opened(next);
    end += 1;
  }
  return { transformation: text.replace(TRANSFORMATION, 'tr:'), rest: [...raw.slice(0, at), ...raw.slice(end)] };
}

/** `ik-seo/<path without extension>/<words>.<ext>` names `<path>.<ext>`. */
function withoutWords(parts: string[]): string[] | null {
  if (parts[0] !== 'ik-seo') return parts;
  const dot = parts.at(-1)?.lastIndexOf('.') ?? -1;
  const file = parts.at(-2);
  if (parts.length < 3 || dot < 0 || file === undefined) return null;
  return [...parts.slice(1, -2), `${file}${parts.at(-1)?.slice(dot)}`];
}

function addressOf(parts: readonly string[]): Address | null {
  const [first, ...others] = parts;
  if (first === undefined) return null;
  if (!first.startsWith('@')) return { by: 'path', path: parts.join('/') };
  return UUID.test(first.slice(1)) && others.length <= 1 ? { by: 'id', id: first.slice(1).toLowerCase() } : null;
}

/** The address of what a transformation names: a decoded path, or `@<id>/<any name>`; null when it is none. */
export function libraryAddress(path: string): Address | null {
  const parts = path.split('/');
  return parts.some((part) => part === '.' || part === '..' || /[\\\u0000-\u001f\u007f]/.test(part)) ? null : addressOf(parts);
}

interface Suffixes {
  readonly still: boolean;
  readonly film: FilmSuffix | null;
  readonly rest: readonly string[];
}

function takeSuffixes(raw: readonly string[]): Suffixes {
  const last = raw.at(-1) ?? '';
  const still = last === STILL;
  const film = FILM_SUFFIXES.get(last) ?? null;
  const rest = still || film ? raw.slice(0, -1) : raw;
  if (rest.at(-1) !== IS_FILM) return { still, film, rest };
  return { still, film: film ?? (still ? null : 'film'), rest: rest.slice(0, -1) };
}

type ReadPath = Pick<DeliveryUrl, 'address' | 'still' | 'film'> & { readonly transformation: string | null };

function readPath(path: string): UrlProblem | ReadPath {
  const { transformation, rest: segments } = takeTransformation(path.split('/').filter((each) => each !== ''));
  if (segments.some((each) => each.startsWith('ik-genimg-prompt-'))) {
    return { problem: 'EUNSUPPORTED', message: 'ik-genimg is not available on this server', parameter: 'ik-genimg' };
  }
  const { still, film, rest } = takeSuffixes(segments);
  const parts: string[] = [];
  for (const raw of rest) {
    const part = segment(raw);
    if (part === null) return nowhere;
    parts.push(part);
  }
  const named = withoutWords(parts);
  const address = named && addressOf(named);
  return address ? { address, transformation, still, film } : nowhere;
}

/** Text of a query parameter other than `tr`: there `+` is a space. */
function queryText(raw: string): string | null {
  try {
    return decodeURIComponent(raw.replaceAll('+', ' '));
  } catch {
    return null;
  }
}

/** Reads what follows the mount of a delivery URL. `rest` is raw: path (with or without leading slash) and query. */
export function parseDeliveryUrl(rest: string): DeliveryUrl | UrlProblem {
  const { path, query } = splitTarget(rest);
  const read = readPath(path);
  if ('problem' in read) return read;
  const pairs = queryPairs(query);
  const all = (name: string) => pairs.filter((pair) => pair.name === name).map((pair) => pair.value);
  const transformations = read.transformation === null ? [] : [read.transformation];
  const [fromQuery, again] = all('tr');
  if (again !== undefined) return bad('tr', 'tr is given twice');
  if (fromQuery !== undefined) transformations.push(fromQuery);
  const [version] = all('ik-obj-version');
  if (version !== undefined && !/^[1-9]\d{0,8}$/.test(version)) return bad('ik-obj-version', 'ik-obj-version is not a version number');
  const [name] = all('ik-attachment-filename');
  return {
    address: read.address,
    transformations,
    still: read.still,
    film: read.film,
    version: version === undefined ? null : Number(version),
    attachment: all('ik-attachment')[0] === 'true',
    attachmentName: name === undefined ? null : queryText(name) || null,
    token: all('token')[0] ?? null,
  };
}
