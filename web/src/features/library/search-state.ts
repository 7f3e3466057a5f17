import type { Query } from '../../api/http.ts';

/** What a library view shows, exactly as it stands in the address. */
export interface LibrarySearch {
  q?: string;
  folder?: string;
  kind?: string[];
  type?: string[];
  tags?: string[];
  camera?: string[];
  colour?: string[];
  orientation?: string[];
  year?: string[];
  status?: string[];
  published?: string[];
  missing?: string[];
  sort?: string;
  view?: 'squares' | 'list';
  /** Ids of what is selected, when they are few. */
  sel?: string[];
  /** Id of the folder whose access is shown. */
  access?: string;
  /** Open tab of the detail page. */
  tab?: 'delivery' | 'framing' | 'file';
  /** The list an asset was opened from, when that is not the library. */
  place?: 'trash';
}

export const FILTERS = ['kind', 'type', 'tags', 'camera', 'colour', 'orientation', 'year', 'status', 'published', 'missing'] as const;
export type FilterField = (typeof FILTERS)[number];

/** Orders a list can have without a search. */
const PLAIN_SORTS = ['-created', 'created', '-updated', 'updated', 'name', '-name'] as const;
export const SORTS = [...PLAIN_SORTS, '-bytes', 'bytes', '-taken', 'taken'] as const;
/** The order of the trash as long as nobody chooses another. */
export const LAST_DELETED = '-deleted';
export const TRASH_SORTS = [LAST_DELETED, ...PLAIN_SORTS] as const;
const ALL_SORTS = ['relevance', ...SORTS] as const;

const list = (value: unknown): string[] | undefined => {
  const items = (Array.isArray(value) ? value : [value]).filter((item): item is string => typeof item === 'string' && item !== '');
  return items.length > 0 ? items : undefined;
};
const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

/** Takes what is known from an address and drops the rest. */
export function readSearch(input: Record<string, unknown>): LibrarySearch {
  const search: LibrarySearch = {};
  const q = text(input.q);
  const folder = text(input.folder);
  // An order the server does not know would be an error, not a list.
  const sort = ALL_SORTS.find((known) => known === input.sort);
  const sel = list(input.sel);
  if (q) search.q = q;
  if (folder && folder !== '/') search.folder = folder;
  for (const field of FILTERS) {
    const values = list(input[field]);
    if (values) search[field] = values;
  }
  if (sort) search.sort = sort;
  if (input.view === 'squares' || input.view === 'list') search.view = input.view;
  if (sel) search.sel = sel;
  const access = text(input.access);
  if (access) search.access = access;
  if (input.place === 'trash') search.place = input.place;
  if (input.tab === 'delivery' || input.tab === 'framing' || input.tab === 'file') search.tab = input.tab;
  return search;
}

/** The trash is a plain list: it knows neither words nor filters, and fewer orders. */
export function readTrash(input: Record<string, unknown>): LibrarySearch {
  const { view, sel, sort } = readSearch(input);
  return readSearch({ view, sel, sort: TRASH_SORTS.find((known) => known === sort) });
}

export const defaultSort = (search: LibrarySearch, trashed: boolean): string =>
  trashed ? LAST_DELETED : search.q ? 'relevance' : '-created';

/**
 * A value as the API's lists take it: a comma separates values there, and a part that begins with an ASCII double quote
 * runs to the closing one, with `""` inside for one quote.
 */
export const quoted = (value: string): string => (/[,"]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

/** The API's parameters for a view. Repeated tags, colours and gaps must all match; of other fields any value. */
export function filterQuery(search: LibrarySearch, trashed: boolean): Query {
  const query: Query = {};
  if (trashed) return { trashed: true };
  if (search.q) query.q = search.q;
  if (search.folder) query.folder = quoted(search.folder);
  for (const field of FILTERS) {
    const values = search[field];
    if (values) query[field] = values.map(quoted);
  }
  return query;
}

export const hasFilters = (search: LibrarySearch): boolean => FILTERS.some((field) => search[field]);

/** Adds or takes away one value of a filter. */
export function toggleFilter(search: LibrarySearch, field: FilterField, value: string): LibrarySearch {
  const values = search[field] ?? [];
  const next = values.includes(value) ? values.filter((item) => item !== value) : [...values, value];
  const { [field]: _old, sel: _sel, ...rest } = search;
  return next.length > 0 ? { ...rest, [field]: next } : rest;
}

/** The view without its filters; words, folder and layout stay. */
export function withoutFilters(search: LibrarySearch): LibrarySearch {
  const { q, folder, sort, view } = search;
  return readSearch({ q, folder, sort, view });
}

/** The view of a folder, of the whole library without one: layout and order stay, words and filters do not. */
export const inFolder = ({ view, sort }: LibrarySearch, folder?: string): LibrarySearch =>
  readSearch({ folder, view, sort: sort === 'relevance' ? undefined : sort });

/** Whether what stands in `path` is shown where `open` is; a folder shows those below it too, and no folder shows all. */
export const isInFolder = (path: string, open: string | undefined): boolean => !open || path === open || path.startsWith(`${open}/`);

/** The view an asset is opened with: it knows the list, so that previous, next and back keep to it. */
export const inDetail = (search: LibrarySearch, trashed: boolean): LibrarySearch =>
  readSearch({ ...search, sel: undefined, access: undefined, place: trashed ? 'trash' : undefined });

/** The list behind an asset. */
export function inList(search: LibrarySearch): LibrarySearch {
  const { tab: _tab, place: _place, ...list } = search;
  return list;
}

/** Names a list: what it shows and how, without what is selected or open in it. */
export function placeOf(search: LibrarySearch, trashed: boolean): string {
  const { sel: _sel, access: _access, ...list } = inList(search);
  return `${trashed ? 'trash' : 'library'}${writeQuery({ ...readSearch({ ...list }) })}`;
}

/** `?a=1&a=2`: plain addresses that people can read and edit. */
export function parseQuery(text: string): Record<string, string | string[]> {
  const result: Record<string, string | string[]> = {};
  const params = new URLSearchParams(text);
  for (const key of new Set(params.keys())) {
    const values = params.getAll(key);
    result[key] = values.length > 1 ? values : (values[0] ?? '');
  }
  return result;
}

export function writeQuery(search: Record<string, unknown>): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) {
    if (typeof value === 'string') params.append(key, value);
    else if (Array.isArray(value)) for (const item of value) params.append(key, String(item));
  }
  const text = params.toString().replaceAll('%2F', '/');
  return text && `?${text}`;
}
