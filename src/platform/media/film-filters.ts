import { everyOp, type FilmOp, type FilmSource, type InsetOp, type Matrix } from './film-plan.ts';
import type { Rgba } from './plan.ts';
import { toneMap } from './tone-map.ts';

/** Operations of a film as a filter graph of ffmpeg. Pure. */

const two = (value: number) => Math.round(value).toString(16).padStart(2, '0');
const hex = ({ r, g, b }: Rgba) => `0x${two(r)}${two(g)}${two(b)}`;

/** Coverage (0-1) of what lies outside a rounded corner whose centre is `cx`, `cy`. */
const outside = (where: string, radius: number, cx: string, cy: string) =>
  `${where}*clip(hypot(X+0.5-${cx},Y+0.5-${cy})-${radius}+0.5,0,1)`;

type Corners = Extract<FilmOp, { op: 'corners' }>;

function cornerCoverage({ radii, width, height }: Corners): string {
  if (radii === 'max') {
    const [rx, ry] = [width / 2, height / 2];
    return `clip((hypot((X+0.5-${rx})/${rx},(Y+0.5-${ry})/${ry})-1)*${Math.min(rx, ry)}+0.5,0,1)`;
  }
  const most = Math.floor(Math.min(width, height) / 2);
  const [tl = 0, tr = 0, br = 0, bl = 0] = radii.map((radius) => Math.min(radius, most));
  return [
    outside(`lt(X,${tl})*lt(Y,${tl})`, tl, `${tl}`, `${tl}`),
    outside(`gte(X,${width - tr})*lt(Y,${tr})`, tr, `${width - tr}`, `${tr}`),
    outside(`gte(X,${width - br})*gte(Y,${height - br})`, br, `${width - br}`, `${height - br}`),
    outside(`lt(X,${bl})*gte(Y,${height - bl})`, bl, `${bl}`, `${height - bl}`),
  ].join('+');
}

/** The mask is one frame, drawn once and used for all. */
function corners(op: Corners, at: string, matrix: Matrix): string {
  const sheet = `color=c=${op.colour ? hex(op.colour) : 'black'}:s=${op.width}x${op.height}:d=1:r=1`;
  const cover = `clip(${cornerCoverage(op)},0,1)`;
  if (!op.colour) {
    return `format=yuva420p[f${at}];${sheet},format=gray,trim=end_frame=1,geq=lum='255-255*${cover}'[m${at}];[f${at}][m${at}]alphamerge`;
  }
  const keep = "r='r(X,Y)':g='g(X,Y)':b='b(X,Y)'";
  return (
    `null[f${at}];${sheet},format=rgba,trim=end_frame=1,` +
    `geq=${keep}:a='255*${cover}',${written(matrix)}[m${at}];[f${at}][m${at}]overlay=0:0:eof_action=repeat:format=yuv420`
  );
}

const TURNS = { 90: 'transpose=1', 180: 'hflip,vflip', 270: 'transpose=2' } as const;

const shown = (from: number, until: number | null): string =>
  from > 0 || until !== null ? `:enable='between(t,${from},${until ?? 1e9})'` : '';

/** With transparency, in the colours of the film below. */
const written = (matrix: Matrix): string => `scale=out_color_matrix=${matrix},format=yuva420p`;

/** After tone mapping it is as all films of today are. */
const matrixNow = (source: FilmSource | null): Matrix => (source?.hdr ? 'bt709' : (source?.matrix ?? 'bt601'));

/** What the operations are numbered by: inputs of ffmpeg, and scripts in the room. */
interface Numbers {
  readonly inputs: ReadonlyMap<FilmOp, number>;
  readonly scripts: ReadonlyMap<FilmOp, number>;
  /** Of the files beside the pictures. */
  readonly sources: readonly (FilmSource | null)[];
  /** That this ffmpeg has. */
  readonly filters: ReadonlySet<string>;
  /** Of the film they are done to. */
  readonly matrix: Matrix;
}

/** The other film becomes endless, so that this one decides when all is over. */
function inset(op: InsetOp, at: string, numbers: Numbers): string {
  const source = numbers.sources[op.input] ?? null;
  const matrix = matrixNow(source);
  const inner = chain(op.ops, source, `${at}x`, { ...numbers, matrix });
  // GIFs may be transparent; colours stand as in the film below.
  const there = `scale=in_color_matrix=${matrix}:out_color_matrix=${numbers.matrix}`;
  const place = `[f${at}][i${at}]overlay=${op.left}:${op.top}:shortest=1:format=yuv420${shown(op.from, op.until)}`;
  const times = `setpts=PTS-STARTPTS+${op.from}/TB,tpad=stop=-1:stop_mode=clone`;
  return `null[f${at}];[${numbers.inputs.get(op)}:v:0]${[...inner, there, times].join(',')}[i${at}];${place}`;
}

type Pad = Extract<FilmOp, { op: 'pad' }>;

const isGrey = ({ r, g, b }: Rgba): boolean => r === g && g === b;

/**
 * A larger canvas. `pad` writes colours as of old, whatever the film says (ffmpeg 5.1): where that would be another colour, a sheet of the right one comes over
 * it and the film over that.
 */
function padded(op: Pad, at: string, { matrix, seeThrough }: Pick<Numbers, 'matrix'> & { seeThrough: boolean }): string {
  const { width, height, left, top, background } = op;
  const pad = `pad=${width}:${height}:${left}:${top}:color=${hex(background)}`;
  // Of a film with holes the sheet would be seen through them.
  if (matrix === 'bt601' || isGrey(background) || seeThrough) return pad;
  const sheet = `color=c=${hex(background)}:s=${width}x${height}:d=1:r=1,format=rgba,trim=end_frame=1,${written(matrix)}`;
  return (
    `split[f${at}][g${at}];[f${at}]${pad}[p${at}];${sheet}[m${at}];` +
    `[p${at}][m${at}]overlay=0:0:eof_action=repeat:format=yuv420[b${at}];[b${at}][g${at}]overlay=${left}:${top}:format=yuv420`
  );
}

/** Filters in one line each; those with two branches end the line and begin another. `at` makes their names their own. */
function filterOf(op: FilmOp, at: string, numbers: Numbers, seeThrough: boolean): string {
  switch (op.op) {
    case 'scale':
      return `scale=${op.width}:${op.height}:flags=bicubic,setsar=1`;
    case 'attention':
      // There is no eye for moving pictures: the middle is kept.
      return `scale=${op.width}:${op.height}:force_original_aspect_ratio=increase:flags=bicubic,crop=${op.width}:${op.height},setsar=1`;
    case 'extract':
      return `crop=${op.width}:${op.height}:${op.left}:${op.top}`;
    case 'pad':
      return padded(op, at, { matrix: numbers.matrix, seeThrough });
    case 'flip':
      return [...(op.horizontal ? ['hflip'] : []), ...(op.vertical ? ['vflip'] : [])].join(',') || 'null';
    case 'overlay':
      // Its picture is one frame, which stays.
      return (
        `null[f${at}];[${numbers.inputs.get(op)}:v]${written(numbers.matrix)}[m${at}];` +
        `[f${at}][m${at}]overlay=0:0:eof_action=repeat:format=yuv420${shown(op.from, op.until)}`
      );
    case 'inset':
      return inset(op, at, numbers);
    case 'subtitles':
      return `ass=filename=${scriptName(numbers.scripts.get(op) ?? 0)}:fontsdir=${FONTS}`;
    case 'turn':
      return TURNS[op.degrees];
    case 'blurred': {
      const { width, height, left, top, fill } = op;
      const sigma = fill.sigma ?? Math.max(width, height) / 40;
      const light = fill.brightness === 0 ? '' : `,eq=brightness=${(fill.brightness / 255).toFixed(3)}`;
      return (
        `split[f${at}][g${at}];[g${at}]scale=${width}:${height}:force_original_aspect_ratio=increase,crop=${width}:${height},` +
        `gblur=sigma=${Math.max(0.1, sigma).toFixed(2)}${light}[b${at}];[b${at}][f${at}]overlay=${left}:${top}:format=yuv420`
      );
    }
    case 'corners':
      return corners(op, at, numbers.matrix);
  }
}

/** Names in the job's room. */
export const FONTS = 'fonts';
export const scriptName = (number: number): string => `subtitles-${number}.ass`;

/** More than any screen shows. */
const MOST_FRAMES = 60.5;

function chain(ops: readonly FilmOp[], source: FilmSource | null, prefix: string, numbers: Numbers): string[] {
  const rate = source?.frameRate ?? null;
  const slower = rate !== null && rate > MOST_FRAMES ? ['fps=60'] : [];
  // Something has to stand between two brackets.
  const holes = ops.findIndex((op) => op.op === 'corners' && !op.colour);
  const done = ops.map((op, at) => filterOf(op, `${prefix}${at}`, numbers, holes >= 0 && at > holes));
  const filters = [...slower, ...toneMap(source?.hdr, numbers.filters), ...done];
  return filters.length > 0 ? filters : ['null'];
}

/** Codecs with half the colours want even sides; a lone row or column goes. */
const EVEN = 'crop=trunc(iw/2)*2:trunc(ih/2)*2:0:0,format=yuv420p';

const of = <K extends FilmOp['op']>(ops: readonly FilmOp[], kind: K): Extract<FilmOp, { op: K }>[] =>
  everyOp(ops).filter((op): op is Extract<FilmOp, { op: K }> => op.op === kind);

/** What is laid over a film, in the order of ffmpeg's inputs after the film itself: pictures, then films. Subtitles are scripts. */
export const laidOver = (ops: readonly FilmOp[]) => ({
  pictures: of(ops, 'overlay'),
  films: of(ops, 'inset'),
  subtitles: of(ops, 'subtitles'),
});

/** What a graph is made for. */
export interface GraphSources {
  readonly source: FilmSource;
  /** Sources of the files beside the pictures, by their numbers; null = subtitles. */
  readonly files: readonly (FilmSource | null)[];
  /** That this ffmpeg has. */
  readonly filters: ReadonlySet<string>;
}

/** The graph from the first picture stream to `[out]`. */
export function filterGraph(ops: readonly FilmOp[], { source, files, filters }: GraphSources): string {
  const { pictures, films, subtitles } = laidOver(ops);
  const numbers: Numbers = {
    inputs: new Map<FilmOp, number>([...pictures, ...films].map((op, n) => [op, n + 1])),
    scripts: new Map<FilmOp, number>(subtitles.map((op, n) => [op, n])),
    sources: files,
    filters,
    matrix: matrixNow(source),
  };
  return `[0:v:0]${[...chain(ops, source, '', numbers), EVEN].join(',')}[out]`;
}
