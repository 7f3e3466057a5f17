import type { FilmOp } from './film-plan.ts';
import type { Rgba } from './plan.ts';

/** Operations of a film as a filter graph of ffmpeg. Pure. */

const two = (value: number) => Math.round(value).toString(16).padStart(2, '0');
const hex = ({ r, g, b }: Rgba) => `0x${two(r)}${two(g)}${two(b)}`;

/** Coverage (0-1) of what lies outside a rounded corner whose centre is `cx`, `cy`. */
const outside = (where: string, radius: number, cx: string, cy: string) =>
  `${where}*clip(hypot(X+0.5-${cx},Y+0.5-${cy})-${radius}+0.5,0,1)`;

function cornerCoverage({ radii, width, height }: Extract<FilmOp, { op: 'corners' }>): string {
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

const TURNS = { 90: 'transpose=1', 180: 'hflip,vflip', 270: 'transpose=2' } as const;

/** Filters in one line each; those with two branches end the line and begin another. */
function filterOf(op: FilmOp, at: number, picture: number): string {
  switch (op.op) {
    case 'scale':
      return `scale=${op.width}:${op.height}:flags=bicubic,setsar=1`;
    case 'attention':
      // There is no eye for moving pictures: the middle is kept.
      return `scale=${op.width}:${op.height}:force_original_aspect_ratio=increase:flags=bicubic,crop=${op.width}:${op.height},setsar=1`;
    case 'extract':
      return `crop=${op.width}:${op.height}:${op.left}:${op.top}`;
    case 'pad':
      return `pad=${op.width}:${op.height}:${op.left}:${op.top}:color=${hex(op.background)}`;
    case 'flip':
      return [...(op.horizontal ? ['hflip'] : []), ...(op.vertical ? ['vflip'] : [])].join(',') || 'null';
    case 'overlay': {
      const times = op.from > 0 || op.until !== null ? `:enable='between(t,${op.from},${op.until ?? 1e9})'` : '';
      // Its picture is one frame, which stays.
      return `null[f${at}];[f${at}][${picture}:v]overlay=0:0:eof_action=repeat:format=yuv420${times}`;
    }
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
    case 'corners': {
      // The mask is one frame, drawn once and laid over all.
      const keep = "r='r(X,Y)':g='g(X,Y)':b='b(X,Y)'";
      return (
        `null[f${at}];color=c=${hex(op.colour)}:s=${op.width}x${op.height}:d=1:r=1,format=rgba,trim=end_frame=1,` +
        `geq=${keep}:a='255*clip(${cornerCoverage(op)},0,1)'[m${at}];[f${at}][m${at}]overlay=0:0:eof_action=repeat:format=yuv420`
      );
    }
  }
}

/** Codecs with half the colours want even sides; a lone row or column goes. */
const EVEN = 'crop=trunc(iw/2)*2:trunc(ih/2)*2:0:0,format=yuv420p';
/** More than any screen shows. */
const MOST_FRAMES = 60.5;

/**
 * The graph from the first picture stream to `[out]`.
 * @param frameRate of the source, frames per second
 */
export function filterGraph(ops: readonly FilmOp[], frameRate: number | null): string {
  const slower = frameRate !== null && frameRate > MOST_FRAMES ? ['fps=60'] : [];
  // The film is input 0, the pictures laid over it follow in their order.
  const pictureOf = (at: number) => ops.slice(0, at + 1).filter(({ op }) => op === 'overlay').length;
  return `[0:v:0]${[...slower, ...ops.map((op, at) => filterOf(op, at, pictureOf(at))), EVEN].join(',')}[out]`;
}
