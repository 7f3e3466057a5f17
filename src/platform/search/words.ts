/** How text becomes words, the same for documents and queries and on every engine. Pure. */

/** Longest word kept, in characters; the rest is cut on both sides alike. */
const MAX_WORD = 64;
/** Most different words of one document. */
export const MAX_LEXEMES = 6000;

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

/** Sort key of a name: folded, digit runs by value (`img-2` before `img-10`), at most 120 bytes. */
export function nameKey(name: string): string {
  const key = fold(name).replace(/\d+/gu, (digits) => {
    const value = digits.replace(/^0+(?=\d)/u, '');
    // The length first makes longer numbers larger; '0'+length keeps digits before letters.
    return `0${String(value.length).padStart(2, '0')}${value}`;
  });
  return [...key].slice(0, 40).join('').replaceAll('\0', '');
}

/** True when the typed words stand in a row among these, the last of them as a beginning. */
export function begins(words: readonly string[], typed: readonly string[]): boolean {
  const last = typed.length - 1;
  return words.some((_, start) =>
    typed.every((text, index) => (index === last ? words[start + index]?.startsWith(text) : words[start + index] === text)),
  );
}
