import type { Rgba, SubtitleStyle } from './plan.ts';
import type { Cue, Span } from './subtitles.ts';

/** Subtitles as libass draws them: a script of ours, in which texts of strangers are texts and nothing else. Pure. */

/** Which cues, and where: px of the film as it is when they are drawn, and seconds. */
export interface Drawn {
  readonly width: number;
  readonly height: number;
  readonly style: SubtitleStyle;
  /** Second of the cues' own time at which the result begins. */
  readonly begin: number;
  /** Seconds of the result in which they are shown; null = to its end. */
  readonly from: number;
  readonly until: number | null;
}

const two = (value: number): string => Math.round(value).toString(16).toUpperCase().padStart(2, '0');
/** `&HAABBGGRR`; its alpha says how transparent. */
const colour = ({ r, g, b, alpha }: Rgba): string => `&H${two(255 * (1 - alpha))}${two(b)}${two(g)}${two(r)}`;
const CLEAR: Rgba = { r: 0, g: 0, b: 0, alpha: 0 };

/** `1:02:03.45` */
function clock(seconds: number): string {
  const hundredths = Math.max(0, Math.round(seconds * 100));
  const part = (by: number, most: number) => String(Math.floor(hundredths / by) % most).padStart(2, '0');
  return `${Math.floor(hundredths / 360_000)}:${part(6_000, 60)}:${part(100, 60)}.${part(1, 100)}`;
}

/** Braces begin what libass obeys, and so does a backslash before some letters: a word joiner, which nobody sees, parts the two. */
const escaped = (text: string): string =>
  text.replaceAll('\\', '\\\u2060').replaceAll('{', '\\{').replaceAll('}', '\\}').replaceAll('\n', '\\N');

function textOf(spans: readonly Span[], { bold, italic }: SubtitleStyle): string {
  const flag = (on: boolean) => (on ? 1 : 0);
  return spans
    .map((span) => `{\\b${flag(bold || span.bold)}\\i${flag(italic || span.italic)}\\u${flag(span.underline)}}${escaped(span.text)}`)
    .join('');
}

interface Look {
  readonly letters: Rgba;
  readonly edge: Rgba;
  readonly shade: Rgba;
  /** 1 = an edge around the letters, 3 = a box around each line. */
  readonly border: 1 | 3;
  readonly edgeWidth: number;
  readonly indent: number;
}

function styleLine(name: string, look: Look, { style, width, height }: Drawn): string {
  const { font, size, strike } = style;
  const margins = [Math.round(width / 20), Math.round(width / 20), Math.round(height / 20)];
  const colours = [colour(look.letters), colour(look.letters), colour(look.edge), colour(look.shade)];
  const shape = [0, 0, 0, strike ? -1 : 0, 100, 100, 0, 0, look.border, look.edgeWidth, look.indent, 2];
  return `Style: ${[name, font, size, ...colours, ...shape, ...margins, 1].join(',')}`;
}

/**
 * The script of what is to be seen. The background is a box of its own behind the letters: together, libass would draw it in the colour
 * of their edge.
 */
export function assScript(cues: readonly Cue[], drawn: Drawn): string {
  const { style, begin, from, until, width, height } = drawn;
  const { colour: letters, background, outline, shadow, size } = style;
  const text: Look = {
    ...{ letters, border: 1, edge: outline?.colour ?? CLEAR, edgeWidth: outline?.width ?? 0 },
    ...{ shade: shadow?.colour ?? CLEAR, indent: shadow?.indent ?? 0 },
  };
  const box: Look | null = background && {
    ...{ letters: CLEAR, border: 3, edge: background, edgeWidth: Math.max(1, Math.round(size / 5)), shade: CLEAR, indent: 0 },
  };
  const shown = cues
    .map((cue) => ({ ...cue, start: Math.max(from, cue.start - begin), end: Math.min(until ?? Number.POSITIVE_INFINITY, cue.end - begin) }))
    .filter((cue) => cue.end > cue.start);
  const lines = (layer: number, name: string) =>
    shown.map((cue) => `Dialogue: ${layer},${clock(cue.start)},${clock(cue.end)},${name},,0,0,0,,${textOf(cue.spans, style)}`);
  return [
    '[Script Info]',
    'ScriptType: v4.00+',
    `PlayResX: ${width}`,
    `PlayResY: ${height}`,
    'WrapStyle: 0',
    'ScaledBorderAndShadow: yes',
    '',
    '[V4+ Styles]',
    'Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, Encoding',
    ...(box ? [styleLine('Box', box, drawn)] : []),
    styleLine('Text', text, drawn),
    '',
    '[Events]',
    'Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text',
    ...(box ? lines(0, 'Box') : []),
    ...lines(1, 'Text'),
    '',
  ].join('\n');
}
