import type { LadderPlan, RungPlan, SpritePlan } from '../../../../platform/media/film-plan.ts';
import { geometry, type Size } from '../renditions.geometry.ts';
import { badParameter, overLimit } from '../renditions.problem.ts';
import type { Recipe } from '../renditions.reader.ts';
import { checked, eachOp, type FilmOptions, opsOf, run } from './film.ts';
import { cutOf, type FilmFacts, MAX_FILM_SECONDS, shown } from './film-facts.ts';
import type { Rung } from './wishes.ts';

/** What is made for players beside the film itself: streaming ladders and sprites (delivery-urls 7). Pure. */

const SEGMENT_SECONDS = 4;
const NO_HINTS = { width: null, dpr: null };

/** Box and most bits of picture per second of each step (delivery-urls 7). */
const BOXES: Record<Rung, { width: number; height: number; kbps: number }> = {
  240: { width: 426, height: 240, kbps: 200 },
  360: { width: 640, height: 360, kbps: 400 },
  480: { width: 854, height: 480, kbps: 800 },
  720: { width: 1280, height: 720, kbps: 3_300 },
  1080: { width: 1920, height: 1080, kbps: 5_500 },
  1440: { width: 2560, height: 1440, kbps: 12_000 },
  2160: { width: 3840, height: 2160, kbps: 18_000 },
};

const even = (value: number) => Math.max(2, 2 * Math.round(value / 2));

/** The step as this film fits into it, never enlarged. */
function rungOf(rung: Rung, size: Size): RungPlan {
  const { kbps, ...box } = BOXES[rung];
  const request = { ...box, crop: 'at_max', focus: 'center', x: null, y: null, xc: null, yc: null } as const;
  const fitted = geometry(size, request);
  const { width, height } = fitted === 'outside' || !fitted.scale ? size : fitted.scale;
  return { name: String(rung), width: even(width), height: even(height), kbps };
}

const NOT_WITH_RUNGS = ['vc', 'ac', 'f', 'q', 'w', 'h', 'ar'];

/**
 * A streaming ladder; steps larger than the film fall together into one.
 * @throws TransformationError EPARAM, EUNSUPPORTED, ELIMIT
 */
export function planLadder(recipe: Recipe, facts: FilmFacts, { layers, files }: Pick<FilmOptions, 'layers' | 'files'>): LadderPlan {
  const rungs = recipe.video?.rungs;
  if (!rungs?.length) throw badParameter('sr', 'a manifest needs its steps: tr=sr-360_720_1080');
  if (recipe.video?.videoCodec || recipe.video?.audioCodec || recipe.format !== null)
    throw badParameter('sr', `sr goes without ${NOT_WITH_RUNGS.join(', ')}`);
  eachOp(recipe.steps, (name) => {
    if (name === 'resize' || name === 'quality') throw badParameter('sr', `sr goes without ${NOT_WITH_RUNGS.join(', ')}`);
  });
  checked(recipe.steps);
  const { canvas } = run(recipe, facts, { hints: NO_HINTS, layers, files });
  const fitted = rungs.map((rung) => rungOf(rung, canvas));
  const distinct = fitted.filter(({ width, height }, i) => i === 0 || width !== fitted[i - 1]?.width || height !== fitted[i - 1]?.height);
  const ops = opsOf(canvas.ops, facts, files);
  return {
    make: 'ladder',
    cut: cutOf(recipe.video, facts),
    ops,
    rungs: distinct,
    audio: facts.hasAudio,
    segment: SEGMENT_SECONDS,
  };
}

const SPRITE_WIDTH = 160;
const SPRITE_MOST = 100;
const SPRITE_COLUMNS = 10;

/**
 * Small pictures of the whole film, at most a hundred; `w` is the width of one.
 * @throws TransformationError EPARAM, EUNSUPPORTED, ELIMIT
 */
export function planSprite(recipe: Recipe, facts: FilmFacts): SpritePlan {
  if (recipe.video || recipe.steps.some((step) => step.kind === 'if' || step.layers.length > 0))
    throw badParameter('so', 'a sprite shows the whole film; it takes w only');
  if (facts.seconds === null) throw badParameter('path', 'the length of the film is not known');
  if (facts.seconds > 4 * MAX_FILM_SECONDS) throw overLimit('seconds of a film', Math.ceil(facts.seconds), 4 * MAX_FILM_SECONDS);
  eachOp(recipe.steps, (name) => {
    if (name !== 'resize') throw badParameter('w', 'a sprite takes w only');
  });
  const { canvas } = run(recipe, facts, { hints: NO_HINTS, layers: new Map(), files: [] });
  const own = shown(facts);
  const asked = recipe.plain ? SPRITE_WIDTH : canvas.width;
  if (asked > 480) throw overLimit('width of a picture of a sprite', asked, 480);
  const width = even(Math.min(asked, own.width));
  const interval = Math.max(1, Math.ceil(facts.seconds / SPRITE_MOST));
  const count = Math.max(1, Math.ceil(facts.seconds / interval));
  return {
    make: 'sprite',
    width,
    height: even((width * own.height) / own.width),
    interval,
    columns: Math.min(count, SPRITE_COLUMNS),
    rows: Math.ceil(count / SPRITE_COLUMNS),
  };
}
