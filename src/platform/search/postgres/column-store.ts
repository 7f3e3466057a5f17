import { type Column, DictColumn, KeyColumn, ListColumn, type Mask, NumberColumn, SetColumn, type ValueColumn } from './columns.ts';
import type { Facet, RangeField } from '../search.ts';
import { MatchCache } from './match-cache.ts';

/** A row of `search_document`; all but `ord`, `id` and `deleted` are null on a tombstone. */
export type StoreRow = readonly [
  ord: number,
  id: string,
  deleted: boolean,
  folder: string | null,
  kind: string | null,
  mime: string | null,
  nameKey: string | null,
  camera: string | null,
  orientation: string | null,
  year: number | null,
  status: string | null,
  published: boolean | null,
  tags: readonly string[] | null,
  colours: readonly string[] | null,
  missing: readonly string[] | null,
  width: number | null,
  height: number | null,
  megapixels: number | null,
  bytes: number | null,
  duration: number | null,
  taken: number | null,
  created: number | null,
  updated: number | null,
];

const FIRST_CAPACITY = 1024;

/**
 * All documents of one workspace as typed arrays, about 150 bytes each. The row is the document's `ord`. Everything here is
 * synchronous and touches memory only; keeping it current is the business of `workspace-store.ts`.
 */
export class ColumnStore {
  readonly facets: Readonly<Record<Facet, ValueColumn>>;
  readonly numbers: Readonly<Record<Exclude<RangeField, 'year'>, NumberColumn>>;
  readonly folder = new DictColumn();
  readonly year = new DictColumn();
  readonly tags = new ListColumn();
  readonly camera = new DictColumn();
  readonly names = new KeyColumn();
  /** Rows in use, tombstones and holes included. */
  rows = 0;
  /** Stands before the workspace's words in the text index; 0 until something was indexed. */
  slot = 0;
  /** Raised by every change. */
  changes = 0;
  readonly matches = new MatchCache();
  alive: Mask = new Uint8Array(0);
  #ids: Buffer = Buffer.alloc(0);
  readonly #kind = new DictColumn();
  readonly #type = new DictColumn();
  readonly #orientation = new DictColumn();
  readonly #status = new DictColumn();
  readonly #published = new DictColumn();
  readonly #colour = new SetColumn();
  readonly #missing = new SetColumn();
  readonly #columns: readonly Column[];

  constructor() {
    this.facets = {
      kind: this.#kind,
      type: this.#type,
      tags: this.tags,
      folder: this.folder,
      camera: this.camera,
      colour: this.#colour,
      orientation: this.#orientation,
      year: this.year,
      missing: this.#missing,
      status: this.#status,
      published: this.#published,
    };
    this.numbers = {
      width: new NumberColumn(true),
      height: new NumberColumn(true),
      megapixels: new NumberColumn(true),
      bytes: new NumberColumn(false),
      duration: new NumberColumn(true),
      created: new NumberColumn(false),
      updated: new NumberColumn(false),
      taken: new NumberColumn(false),
    };
    this.#columns = [...Object.values(this.facets), ...Object.values(this.numbers), this.names];
  }

  /** Bytes held by the arrays. */
  get bytes(): number {
    return this.#columns.reduce((sum, column) => sum + column.bytes, this.alive.byteLength + this.#ids.byteLength);
  }

  /** Makes room at once, so that loading does not copy again and again. */
  reserve(rows: number): void {
    if (rows > this.alive.length) this.#grow(Math.ceil(rows * 1.05));
  }

  /** Replaces rows. */
  apply(rows: readonly (readonly [...StoreRow, ...unknown[]])[]): void {
    const last = rows.reduce((max, [ord]) => Math.max(max, ord), -1);
    if (last >= this.alive.length) this.#grow(last + 1);
    this.rows = Math.max(this.rows, last + 1);
    if (rows.length > 0) this.changes += 1;
    for (const row of rows) this.#applyRow(row);
  }

  id(row: number): string {
    const hex = this.#ids.toString('hex', row * 16, row * 16 + 16);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  #applyRow(row: readonly [...StoreRow, ...unknown[]]): void {
    const [at, id, deleted, folder, kind, mime, nameKey, camera, orientation, year, status, published, tags, colours, missing] = row;
    const [, , , , , , , , , , , , , , , width, height, megapixels, bytes, duration, taken, created, updated] = row;
    this.#ids.write(id.replaceAll('-', ''), at * 16, 16, 'hex');
    this.alive[at] = deleted ? 0 : 1;
    this.#kind.set(at, kind);
    this.#type.set(at, mime);
    this.tags.set(at, tags ?? []);
    this.folder.set(at, folder);
    this.camera.set(at, camera);
    this.#colour.set(at, colours ?? []);
    this.#orientation.set(at, orientation);
    this.year.set(at, year === null ? null : String(year));
    this.#missing.set(at, missing ?? []);
    this.#status.set(at, status);
    this.#published.set(at, published === null ? null : String(published));
    this.names.set(at, nameKey ?? '');
    this.numbers.width.set(at, width);
    this.numbers.height.set(at, height);
    this.numbers.megapixels.set(at, megapixels);
    this.numbers.bytes.set(at, bytes);
    this.numbers.duration.set(at, duration);
    this.numbers.taken.set(at, taken);
    this.numbers.created.set(at, created);
    this.numbers.updated.set(at, updated);
  }

  #grow(needed: number): void {
    const capacity = Math.max(FIRST_CAPACITY, needed, Math.ceil(this.alive.length * 1.25));
    for (const column of this.#columns) column.grow(capacity);
    const alive = new Uint8Array(capacity);
    alive.set(this.alive);
    this.alive = alive;
    const ids = Buffer.alloc(capacity * 16);
    this.#ids.copy(ids);
    this.#ids = ids;
  }
}
