/**
 * Local name of an XML document's root element, past declaration, comments, processing instructions and DOCTYPE
 * (with its internal subset); null when the text does not begin like XML. Walks the text once, expands nothing.
 */
export function rootElement(text: string): string | null {
  let at = 0;
  for (;;) {
    while (at < text.length && /\s/.test(text.charAt(at))) at += 1;
    if (text.charAt(at) !== '<') return null;
    let end: number;
    if (text.startsWith('<!--', at)) end = text.indexOf('-->', at) + 3;
    else if (text.startsWith('<?', at)) end = text.indexOf('?>', at) + 2;
    else if (/^<!doctype/i.test(text.slice(at, at + 9))) end = doctypeEnd(text, at);
    else return /^<(?:[\w.-]+:)?([\w.-]+)/.exec(text.slice(at, at + 200))?.[1] ?? null;
    // indexOf found nothing: the prolog goes on past what was read.
    if (end < at + 4) return null;
    at = end;
  }
}

function doctypeEnd(text: string, from: number): number {
  let depth = 0;
  let quote = '';
  for (let at = from; at < text.length; at++) {
    const char = text.charAt(at);
    if (quote) quote = char === quote ? '' : quote;
    else if (depth > 0 && (char === '"' || char === "'")) quote = char;
    else if (char === '[') depth += 1;
    else if (char === ']') depth -= 1;
    else if (char === '>' && depth <= 0) return at + 1;
  }
  return 0;
}
