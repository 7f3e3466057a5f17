import type { DestinationStream } from 'pino';

/** Lines for people instead of JSON. What came from outside is shown with its control characters escaped. */
export function prettyStream(target: DestinationStream): DestinationStream {
  return { write: (line) => target.write(`${pretty(line)}\n`) };
}

const KNOWN = new Set(['level', 'time', 'msg', 'err']);

/** One JSON line as `12:03:11.120 INFO  message  name=value`, an error's stack below it. */
export function pretty(line: string): string {
  const entry: unknown = JSON.parse(line);
  if (typeof entry !== 'object' || entry === null) return escape(line);
  const fields = new Map<string, unknown>(Object.entries(entry));
  const time = String(fields.get('time') ?? '').slice(11, 23);
  const level = String(fields.get('level') ?? '')
    .toUpperCase()
    .padEnd(5);
  const rest = [...fields].filter(([name]) => !KNOWN.has(name)).map(([name, value]) => `${escape(name)}=${escape(shown(value))}`);
  const head = [time, level, escape(String(fields.get('msg') ?? '')), rest.join(' ')].filter((part) => part !== '').join('  ');
  return `${head}${stack(fields.get('err'))}`;
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The stack keeps its own line breaks, indented so that no line of it can pass for an entry. */
function stack(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  const text = 'stack' in error && typeof error.stack === 'string' ? error.stack : JSON.stringify(error);
  const code = 'code' in error ? ` [${String(error.code)}]` : '';
  const cause = 'cause' in error ? stack(error.cause) : '';
  return `${text
    .split('\n')
    .map((line) => `\n    ${escape(line)}`)
    .join('')}${code}${cause}`;
}

function escape(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (char) => `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
}
