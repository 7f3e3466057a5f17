/** Lexer of the search box: `sunset "golden hour" tag:beach -tag:draft width:>=800`. Pure; never throws. */

export interface Term {
  readonly kind: 'word' | 'phrase' | 'field';
  readonly negated: boolean;
  /** The word, the phrase without quotes, or the field's value as written (quotes kept). */
  readonly text: string;
  /** Lower case; empty unless kind is `field`. */
  readonly field: string;
}

const SPACE = /\s/u;
/** A field is at least two letters, so that `C:\x` stays a word, and is followed by a value that is no `//` (an address). */
const FIELD = /^([A-Za-z][A-Za-z_]+):(?!\/\/)(?=\S)/u;

/** Splits a query into terms. An open quote ends with the text; a field without value is a word. */
export function readTerms(query: string): Term[] {
  const text = query.replace(/[“”„«»]/gu, '"');
  const terms: Term[] = [];
  let at = 0;
  while (at < text.length) {
    if (SPACE.test(text.charAt(at))) {
      at += 1;
      continue;
    }
    const negated = text.charAt(at) === '-' && at + 1 < text.length && !SPACE.test(text.charAt(at + 1));
    if (negated) at += 1;
    const [term, next] = readTerm(text, at, negated);
    if (term.text !== '') terms.push(term);
    at = next;
  }
  return terms;
}

function readTerm(text: string, start: number, negated: boolean): [Term, number] {
  const field = FIELD.exec(text.slice(start, start + 64));
  if (field) {
    const from = start + field[0].length;
    const end = endOfValue(text, from);
    return [{ kind: 'field', negated, field: (field[1] ?? '').toLowerCase(), text: text.slice(from, end) }, end];
  }
  if (text.charAt(start) === '"') {
    const close = text.indexOf('"', start + 1);
    const end = close < 0 ? text.length : close;
    return [{ kind: 'phrase', negated, field: '', text: text.slice(start + 1, end).trim() }, end + 1];
  }
  let end = start;
  while (end < text.length && !SPACE.test(text.charAt(end)) && text.charAt(end) !== '"') end += 1;
  return [{ kind: 'word', negated, field: '', text: text.slice(start, end) }, end];
}

/** A value runs to the next space outside quotes. */
function endOfValue(text: string, from: number): number {
  let quoted = false;
  let end = from;
  while (end < text.length && (quoted || !SPACE.test(text.charAt(end)))) {
    if (text.charAt(end) === '"') quoted = !quoted;
    end += 1;
  }
  return end;
}

/**
 * Splits `a,"b, c",d` at commas. A part that begins with a quote runs to the closing one, and `""` in it stands for a quote, as in
 * CSV; a quote elsewhere is part of the value (`12" vinyl`). Spaces around go, empty values too.
 */
export function readList(text: string): string[] {
  const values: string[] = [];
  const part = /\s*(?:"((?:[^"]|"")*)(?:"[^,]*|$)|([^,]*))(?:,|$)/uy;
  while (part.lastIndex < text.length) {
    const found = part.exec(text);
    if (!found) break;
    const value = (found[1]?.replaceAll('""', '"') ?? found[2] ?? '').trim();
    if (value !== '') values.push(value);
  }
  return values;
}
