import { Dictionary } from './dictionary.ts';

/** Columns of the column store: typed arrays indexed by row. Every column grows to the same capacity. */

type Codes = Uint16Array | Uint32Array;
/** One byte a row, 1 = in. */
export type Mask = Uint8Array;

export interface Column {
  grow(capacity: number): void;
  readonly bytes: number;
}

/** A column that can be filtered and counted by value. */
export interface ValueColumn extends Column {
  /** Takes rows out of the mask that have none of the values. */
  keepAny(mask: Mask, rows: number, wanted: readonly string[]): void;
  /** Rows of the mask per value; values without rows are left out. */
  count(mask: Mask, rows: number): Map<string, number>;
}

/** One value a row out of few. */
export class DictColumn implements ValueColumn {
  readonly dictionary = new Dictionary();
  codes: Codes = new Uint16Array(0);

  get bytes(): number {
    return this.codes.byteLength;
  }

  grow(capacity: number): void {
    const next = this.codes instanceof Uint16Array ? new Uint16Array(capacity) : new Uint32Array(capacity);
    next.set(this.codes);
    this.codes = next;
  }

  set(row: number, value: string | null): void {
    const code = this.dictionary.intern(value);
    if (code > 0xffff && this.codes instanceof Uint16Array) this.codes = Uint32Array.from(this.codes);
    this.codes[row] = code;
  }

  keepAny(mask: Mask, rows: number, wanted: readonly string[]): void {
    const table = new Uint8Array(this.dictionary.size);
    for (const value of wanted) table[this.dictionary.find(value)] = 1;
    table[0] = 0;
    this.keepTable(mask, rows, table);
  }

  /** Takes rows out whose code has no 1 in the table. */
  keepTable(mask: Mask, rows: number, table: Uint8Array): void {
    const { codes } = this;
    for (let row = 0; row < rows; row += 1) mask[row] = (mask[row] ?? 0) & (table[codes[row] ?? 0] ?? 0);
  }

  countCodes(mask: Mask, rows: number): Uint32Array {
    const { codes } = this;
    const counts = new Uint32Array(this.dictionary.size);
    for (let row = 0; row < rows; row += 1) {
      const code = codes[row] ?? 0;
      counts[code] = (counts[code] ?? 0) + (mask[row] ?? 0);
    }
    return counts;
  }

  count(mask: Mask, rows: number): Map<string, number> {
    return named(this.countCodes(mask, rows), this.dictionary);
  }
}

/** A few values a row, drawn from few combinations (colours, missing fields): the combination is the code. */
export class SetColumn implements ValueColumn {
  readonly #values = new Dictionary();
  readonly #sets = new DictColumn();
  /** Codes of the values in each combination. */
  readonly #members: number[][] = [[]];

  get bytes(): number {
    return this.#sets.bytes;
  }

  grow(capacity: number): void {
    this.#sets.grow(capacity);
  }

  set(row: number, values: readonly string[]): void {
    const codes = [...new Set(values.map((value) => this.#values.intern(value)))].sort((a, b) => a - b);
    this.#sets.set(row, codes.length === 0 ? null : codes.join(','));
    if (this.#members.length < this.#sets.dictionary.size) this.#members.push(codes);
  }

  keepAny(mask: Mask, rows: number, wanted: readonly string[]): void {
    const codes = new Set(wanted.map((value) => this.#values.find(value)).filter((code) => code > 0));
    const table = Uint8Array.from(this.#members, (members) => (members.some((code) => codes.has(code)) ? 1 : 0));
    this.#sets.keepTable(mask, rows, table);
  }

  count(mask: Mask, rows: number): Map<string, number> {
    const counts = new Uint32Array(this.#values.size);
    this.#sets.countCodes(mask, rows).forEach((count, set) => {
      for (const code of this.#members[set] ?? []) counts[code] = (counts[code] ?? 0) + count;
    });
    return named(counts, this.#values);
  }
}

/** Any number of values a row (tags): lists one after another in one array. */
export class ListColumn implements ValueColumn {
  readonly dictionary = new Dictionary();
  #starts = new Uint32Array(0);
  #lengths = new Uint16Array(0);
  #heap = new Uint32Array(1024);
  #used = 0;
  #wasted = 0;

  get bytes(): number {
    return this.#starts.byteLength + this.#lengths.byteLength + this.#heap.byteLength;
  }

  grow(capacity: number): void {
    const starts = new Uint32Array(capacity);
    starts.set(this.#starts);
    this.#starts = starts;
    const lengths = new Uint16Array(capacity);
    lengths.set(this.#lengths);
    this.#lengths = lengths;
  }

  set(row: number, values: readonly string[]): void {
    const codes = [...new Set(values.map((value) => this.dictionary.intern(value)))].slice(0, 0xffff);
    const before = this.#lengths[row] ?? 0;
    let start = this.#starts[row] ?? 0;
    if (codes.length > before) {
      this.#wasted += before;
      this.#lengths[row] = 0;
      if (this.#used + codes.length > this.#heap.length) this.#makeRoom(codes.length);
      start = this.#used;
      this.#used += codes.length;
    } else this.#wasted += before - codes.length;
    this.#heap.set(codes, start);
    this.#starts[row] = start;
    this.#lengths[row] = codes.length;
  }

  keepAny(mask: Mask, rows: number, wanted: readonly string[]): void {
    const table = new Uint8Array(this.dictionary.size);
    for (const value of wanted) table[this.dictionary.find(value)] = 1;
    table[0] = 0;
    for (let row = 0; row < rows; row += 1) {
      if (mask[row] !== 0) mask[row] = this.#hasAny(row, table);
    }
  }

  count(mask: Mask, rows: number): Map<string, number> {
    return named(this.countCodes(mask, rows), this.dictionary);
  }

  countCodes(mask: Mask, rows: number): Uint32Array {
    const counts = new Uint32Array(this.dictionary.size);
    const heap = this.#heap;
    for (let row = 0; row < rows; row += 1) {
      if (mask[row] === 0) continue;
      const start = this.#starts[row] ?? 0;
      const end = start + (this.#lengths[row] ?? 0);
      for (let at = start; at < end; at += 1) {
        const code = heap[at] ?? 0;
        counts[code] = (counts[code] ?? 0) + 1;
      }
    }
    return counts;
  }

  #hasAny(row: number, table: Uint8Array): 0 | 1 {
    const start = this.#starts[row] ?? 0;
    const end = start + (this.#lengths[row] ?? 0);
    for (let at = start; at < end; at += 1) if (table[this.#heap[at] ?? 0] === 1) return 1;
    return 0;
  }

  /** Moves the lists together when half of the heap is waste, else doubles it. */
  #makeRoom(needed: number): void {
    const live = this.#used - this.#wasted;
    const heap = new Uint32Array(Math.max(1024, Math.ceil((live + needed) * 1.5)));
    let used = 0;
    for (let row = 0; row < this.#starts.length; row += 1) {
      const length = this.#lengths[row] ?? 0;
      const start = this.#starts[row] ?? 0;
      for (let at = 0; at < length; at += 1) heap[used + at] = this.#heap[start + at] ?? 0;
      this.#starts[row] = used;
      used += length;
    }
    this.#heap = heap;
    this.#used = used;
    this.#wasted = 0;
  }
}

export interface Limits {
  readonly gte?: number;
  readonly gt?: number;
  readonly lte?: number;
  readonly lt?: number;
}

/** Numbers; NaN is "no value". Narrow ones keep 24 bits of precision, and limits are rounded alike. */
export class NumberColumn implements Column {
  values: Float64Array | Float32Array;

  constructor(narrow: boolean) {
    this.values = narrow ? new Float32Array(0) : new Float64Array(0);
  }

  get bytes(): number {
    return this.values.byteLength;
  }

  grow(capacity: number): void {
    const next = this.values instanceof Float32Array ? new Float32Array(capacity) : new Float64Array(capacity);
    next.set(this.values);
    this.values = next;
  }

  set(row: number, value: number | null): void {
    this.values[row] = value ?? Number.NaN;
  }

  keepRange(mask: Mask, rows: number, limits: Limits): void {
    const round = this.values instanceof Float32Array ? Math.fround : (value: number) => value;
    const gte = round(limits.gte ?? Number.NEGATIVE_INFINITY);
    const gt = round(limits.gt ?? Number.NEGATIVE_INFINITY);
    const lte = round(limits.lte ?? Number.POSITIVE_INFINITY);
    const lt = round(limits.lt ?? Number.POSITIVE_INFINITY);
    const { values } = this;
    for (let row = 0; row < rows; row += 1) {
      if (mask[row] === 0) continue;
      const value = values[row] ?? Number.NaN;
      // NaN fails every comparison, so rows without a value go.
      mask[row] = value >= gte && value > gt && value <= lte && value < lt ? 1 : 0;
    }
  }
}

/** Sort keys of names as bytes, one after another; replaced keys leave waste that the next growth clears. */
export class KeyColumn implements Column {
  #starts = new Uint32Array(0);
  #lengths = new Uint8Array(0);
  #heap = Buffer.alloc(4096);
  #used = 0;

  get bytes(): number {
    return this.#starts.byteLength + this.#lengths.byteLength + this.#heap.byteLength;
  }

  grow(capacity: number): void {
    const starts = new Uint32Array(capacity);
    starts.set(this.#starts);
    this.#starts = starts;
    const lengths = new Uint8Array(capacity);
    lengths.set(this.#lengths);
    this.#lengths = lengths;
  }

  set(row: number, key: string): void {
    const bytes = Buffer.from(key).subarray(0, 255);
    this.#lengths[row] = 0;
    if (this.#used + bytes.length > this.#heap.length) this.#makeRoom(bytes.length);
    bytes.copy(this.#heap, this.#used);
    this.#starts[row] = this.#used;
    this.#lengths[row] = bytes.length;
    this.#used += bytes.length;
  }

  key(row: number): Buffer {
    const start = this.#starts[row] ?? 0;
    return this.#heap.subarray(start, start + (this.#lengths[row] ?? 0));
  }

  /** Below 0 when row a comes first. */
  compare(a: number, b: number): number {
    const heap = this.#heap;
    const lengthA = this.#lengths[a] ?? 0;
    const lengthB = this.#lengths[b] ?? 0;
    const startA = this.#starts[a] ?? 0;
    const startB = this.#starts[b] ?? 0;
    const shared = Math.min(lengthA, lengthB);
    for (let at = 0; at < shared; at += 1) {
      const difference = (heap[startA + at] ?? 0) - (heap[startB + at] ?? 0);
      if (difference !== 0) return difference;
    }
    return lengthA - lengthB;
  }

  #makeRoom(needed: number): void {
    let live = 0;
    for (const length of this.#lengths) live += length;
    const heap = Buffer.alloc(Math.max(4096, Math.ceil((live + needed) * 1.5)));
    let used = 0;
    for (let row = 0; row < this.#starts.length; row += 1) {
      const length = this.#lengths[row] ?? 0;
      const start = this.#starts[row] ?? 0;
      this.#heap.copy(heap, used, start, start + length);
      this.#starts[row] = used;
      used += length;
    }
    this.#heap = heap;
    this.#used = used;
  }
}

function named(counts: Uint32Array, dictionary: Dictionary): Map<string, number> {
  const found = new Map<string, number>();
  counts.forEach((count, code) => {
    if (code > 0 && count > 0) found.set(dictionary.value(code), count);
  });
  return found;
}
