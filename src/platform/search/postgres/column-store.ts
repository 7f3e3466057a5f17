import { type Column, DictColumn, KeyColumn, ListColumn, type Mask, NumberColumn, SetColumn, type ValueColumn } from './columns.ts';
import type { Facet, RangeField } from '../search.ts';

/** A row as it is read from `search_document`; everything but `ord`, `id` and `deleted` is null on a tombstone. */
export interface StoreRow {
  readonly ord: number;
  readonly id: string;
  readonly deleted: boolean;
  readonly folder: string | null;
  readonly kind: string | null;
  readonly mime: string | null;
  readonly name_key: string | null;
  readonly camera: string | null;
  readonly orientation: string | null;
  readonly year: number | null;
  readonly status: string | null;
  readonly published: boolean | null;
  readonly tags: readonly string[] | null;
  readonly colours: readonly string[] | null;
  readonly missing: readonly string[] | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly megapixels: number | null;
  readonly bytes: number | null;
  readonly duration: number | null;
  readonly taken: number | null;
  readonly created: number | null;
  readonly updated: number | null;
}

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

  /** Replaces rows. */
  apply(rows: readonly StoreRow[]): void {
    const last = rows.reduce((max, row) => Math.max(max, row.ord), -1);
    if (last >= this.alive.length) this.#grow(last + 1);
    this.rows = Math.max(this.rows, last + 1);
    for (const row of rows) this.#applyRow(row);
  }

  id(row: number): string {
    const hex = this.#ids.toString('hex', row * 16, row * 16 + 16);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
  }

  #applyRow(row: StoreRow): void {
    const at = row.ord;
    this.#ids.write(row.id.replaceAll('-', ''), at * 16, 16, 'hex');
    this.alive[at] = row.deleted ? 0 : 1;
    this.#kind.set(at, row.kind);
    this.#type.set(at, row.mime);
    this.tags.set(at, row.tags ?? []);
    this.folder.set(at, row.folder);
    this.camera.set(at, row.camera);
    this.#colour.set(at, row.colours ?? []);
    this.#orientation.set(at, row.orientation);
    this.year.set(at, row.year === null ? null : String(row.year));
    this.#missing.set(at, row.missing ?? []);
    this.#status.set(at, row.status);
    this.#published.set(at, row.published === null ? null : String(row.published));
    this.names.set(at, row.name_key ?? '');
    this.numbers.width.set(at, row.width);
    this.numbers.height.set(at, row.height);
    this.numbers.megapixels.set(at, row.megapixels);
    this.numbers.bytes.set(at, row.bytes);
    this.numbers.duration.set(at, row.duration);
    this.numbers.created.set(at, row.created);
    this.numbers.updated.set(at, row.updated);
    this.numbers.taken.set(at, row.taken);
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
