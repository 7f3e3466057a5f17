import { MAX_LEXEMES, nameWords, wordsOf } from '../words.ts';

/** The words of a document as tsvector, and a word as lexeme. Pure. */

/** PostgreSQL keeps positions up to this; later words would all share it. */
const MAX_POSITION = 16_000;
/** PostgreSQL keeps fewer than 256 places of a word. */
const MAX_PLACES = 200;

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
