/** How text becomes words, the same for documents and queries; and the words' form as tsvector and tsquery. Pure. */

/** Longest word kept, in characters; the rest is cut on both sides alike. */
const MAX_WORD = 64;
/** PostgreSQL keeps positions up to this; later words would all share it. */
const MAX_POSITION = 16_000;
/** PostgreSQL keeps fewer than 256 places of a word. */
const MAX_PLACES = 200;
/** Most different words of one document. */
const MAX_LEXEMES = 6000;

const LETTERS: Readonly<Record<string, string>> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', þ: 'th', ł: 'l', ı: 'i', ħ: 'h' };
const SPECIAL = /[ßæœøđðþłıħ]/gu;
/** Scripts written without spaces: each sign is a word, and a run of them is searched as a phrase. */
const WORD =
  /(?=[\p{L}\p{N}])[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])[\p{L}\p{N}\p{M}])+/gu;
const RUN = /[\p{L}\p{N}\p{M}]+/gu;
/** Borders inside a name: `heroShot`, `HTMLPage`, `shot12`, `12px`. */
const INNER = /(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})|(?<=\p{L})(?=\p{N})|(?<=\p{N})(?=\p{L})/u;

/** Lower case without accents: `Müller` and `muller` are one word. */
export function fold(text: string): string {
  return text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]+/gu, '')
    .replace(SPECIAL, (letter) => LETTERS[letter] ?? letter)
    .normalize('NFC');
}

/** The words of a text in order, folded. */
export function wordsOf(text: string): string[] {
  return (fold(text).match(WORD) ?? []).map((word) => word.slice(0, MAX_WORD));
}

/**
 * The words of a name as people may write it: `IMG_HeroShot2` as `img heroshot2` and, where that differs, as `img hero shot 2`.
 */
export function nameWords(name: string): string[][] {
  const plain = wordsOf(name);
  const parts = (name.normalize('NFC').match(RUN) ?? []).flatMap((run) => run.split(INNER)).flatMap(wordsOf);
  return parts.length > plain.length ? [plain, parts] : [plain];
}

export type Weight = 'A' | 'B' | 'C' | 'D';

/** Collects the words of one document with their places and weights. */
export class TextVector {
  readonly #places = new Map<string, string[]>();
  #position = 1;

  /** A name or tag: also found by the parts it has where letters change case and at digits. */
  addName(text: string, weight: Weight): void {
    for (const words of nameWords(text)) this.#add(words, weight);
  }

  addText(text: string, weight: Weight): void {
    this.#add(wordsOf(text), weight);
  }

  /** For `$1::tsvector`; every word begins with the workspace's slot. */
  write(slot: number): string {
    return [...this.#places].map(([word, places]) => `${lexeme(slot, word)}:${places.join(',')}`).join(' ');
  }

  #add(words: readonly string[], weight: Weight): void {
    for (const word of words) {
      const place = `${Math.min(this.#position, MAX_POSITION)}${weight === 'D' ? '' : weight}`;
      const places = this.#places.get(word);
      if (places) {
        if (places.length < MAX_PLACES) places.push(place);
      } else if (this.#places.size < MAX_LEXEMES) this.#places.set(word, [place]);
      this.#position += 1;
    }
    // A phrase never reaches from one field into the next.
    this.#position += 8;
  }
}

/** A word of a workspace as a quoted lexeme; folded words hold letters and digits only, but quoting costs nothing. */
export function lexeme(slot: number, word: string): string {
  return `'${slot}:${word.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

/** Sort key of a name: folded, digit runs by value (`img-2` before `img-10`), at most 120 bytes. */
export function nameKey(name: string): string {
  const key = fold(name).replace(/\d+/gu, (digits) => {
    const value = digits.replace(/^0+(?=\d)/u, '');
    // The length first makes longer numbers larger; '0'+length keeps digits before letters.
    return `0${String(value.length).padStart(2, '0')}${value}`;
  });
  return [...key].slice(0, 40).join('').replaceAll('\0', '');
}
