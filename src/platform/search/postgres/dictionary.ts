/** Values as small numbers. 0 is "no value". Values that differ in case only are one; the first spelling is shown. */
export class Dictionary {
  readonly #codes = new Map<string, number>();
  /** Spellings seen, so that folding is done once for each. */
  readonly #spellings = new Map<string, number>();
  readonly #values: string[] = [''];

  get size(): number {
    return this.#values.length;
  }

  /** The value's code; a new one if it was not known. */
  intern(value: string | null): number {
    if (value === null) return 0;
    const seen = this.#spellings.get(value);
    if (seen !== undefined) return seen;
    const key = foldValue(value);
    const code = this.#codes.get(key) ?? this.#values.length;
    if (code === this.#values.length) {
      this.#codes.set(key, code);
      this.#values.push(value);
    }
    this.#spellings.set(value, code);
    return code;
  }

  /** 0 when unknown. */
  find(value: string): number {
    return this.#codes.get(foldValue(value)) ?? 0;
  }

  value(code: number): string {
    return this.#values[code] ?? '';
  }

  values(): readonly string[] {
    return this.#values;
  }
}

function foldValue(value: string): string {
  return value.normalize('NFC').toLowerCase();
}
