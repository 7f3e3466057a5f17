/** Subtitles as they stand in SRT and WebVTT files, read into plain data. Pure; nothing of a file is handed on as it came. */

/** A piece of a cue in one style; line breaks are `\n`. */
export interface Span {
  readonly text: string;
  readonly bold: boolean;
  readonly italic: boolean;
  readonly underline: boolean;
}

/** Times in seconds. */
export interface Cue {
  readonly start: number;
  readonly end: number;
  readonly spans: readonly Span[];
}

/** A film of three hours has some 3,000. */
export const MAX_CUES = 20_000;
/** More are not seen at a time: nobody could read them, and each frame would draw them all. */
const MAX_AT_ONCE = 12;
/** Longer texts of one cue are cut, characters. */
const MAX_TEXT = 1_000;

/** UTF-8, UTF-16 with a byte order mark, else what old Windows programs wrote. */
export function decodeSubtitles(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

const TIME = String.raw`(?:(\d{1,3}):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})`;
const TIMING = new RegExp(String.raw`^\s*${TIME}\s*-->\s*${TIME}(?:\s|$)`);

const secondsOf = (hours = '0', minutes = '0', seconds = '0', fraction = '0'): number =>
  Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds) + Number(fraction.padEnd(3, '0')) / 1000;

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: '\u00a0', lrm: '\u200e', rlm: '\u200f' };
const plain = (text: string): string => text.replace(/&(amp|lt|gt|quot|nbsp|lrm|rlm);/g, (_, name: string) => ENTITIES[name] ?? '');

/** A tag of either format, or the time of a karaoke step. `a < b` is none. */
const TAG = /<(\/?)([a-z]+)[^<>]*>|<[\d:.]+>/gi;
const STYLES: Readonly<Record<string, 'bold' | 'italic' | 'underline'>> = { b: 'bold', i: 'italic', u: 'underline' };

/** Control characters have no picture; those that turn the writing direction stay. */
const visible = (text: string): string => [...text].filter((char) => char === '\n' || char >= ' ').join('');

/** Bold, italic and underlined are kept; colours, voices, places and the like are not. */
function spansOf(text: string): Span[] {
  const style = { bold: false, italic: false, underline: false };
  const out: Span[] = [];
  const add = (piece: string) => {
    if (piece !== '') out.push({ text: visible(plain(piece)), ...style });
  };
  // Some SRT files carry places as SSA has them: `{\an8}`.
  const own = text.replace(/\{\\[^{}]*\}/g, '').slice(0, MAX_TEXT);
  let from = 0;
  for (const match of own.matchAll(TAG)) {
    add(own.slice(from, match.index));
    from = match.index + match[0].length;
    const name = STYLES[match[2]?.toLowerCase() ?? ''];
    if (name) style[name] = match[1] === '';
  }
  add(own.slice(from));
  return out;
}

/** In the order of their times, without those that come when there are too many already. */
function bounded(cues: readonly Cue[]): Cue[] {
  let seen: Cue[] = [];
  return [...cues]
    .sort((a, b) => a.start - b.start)
    .filter((cue) => {
      seen = seen.filter(({ end }) => end > cue.start);
      if (seen.length >= MAX_AT_ONCE) return false;
      seen.push(cue);
      return true;
    });
}

/**
 * The cues of a file in either format, in the order of their times, as far as they can be read: what is no cue (headings, notes, styles) is passed over.
 * At most `MAX_CUES`; empty for what holds no subtitles.
 */
export function parseSubtitles(text: string): Cue[] {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/);
  const cues: Cue[] = [];
  for (let at = 0; at < lines.length && cues.length < MAX_CUES; at++) {
    const timing = TIMING.exec(lines[at] ?? '');
    if (!timing) continue;
    const said: string[] = [];
    while (at + 1 < lines.length && lines[at + 1]?.trim() !== '' && !TIMING.test(lines[at + 1] ?? '')) {
      at += 1;
      said.push(lines[at] ?? '');
    }
    // Without an empty line between them the number of the next cue stands at the end of this one.
    if (TIMING.test(lines[at + 1] ?? '') && /^\s*\d+\s*$/.test(said.at(-1) ?? '')) said.pop();
    const [start, end] = [secondsOf(...timing.slice(1, 5)), secondsOf(...timing.slice(5, 9))];
    const spans = spansOf(said.join('\n'));
    if (end > start && spans.some((span) => span.text.trim() !== '')) cues.push({ start, end, spans });
  }
  return bounded(cues);
}
