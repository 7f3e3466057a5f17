import { expect } from 'chai';
import { type FilmLayerFile, planFilm } from '../../../src/modules/library/renditions/profiles/film.ts';
import type { FilmFacts } from '../../../src/modules/library/renditions/profiles/film-facts.ts';
import { parseTransformation } from '../../../src/modules/library/renditions/renditions.grammar.ts';
import { TransformationError } from '../../../src/modules/library/renditions/renditions.problem.ts';
import { readSteps } from '../../../src/modules/library/renditions/renditions.reader.ts';

/** What one picture of a film may be on the way, also within a film that is laid over it. */

const facts = (width: number, height: number): FilmFacts => ({ width, height, seconds: 2, hasAudio: false, pixelRatio: 1, framing: null });
const BASE = facts(640, 360);
const FILES: FilmLayerFile[] = [{ path: 'tall.mp4', facts: facts(1080, 1920) }];

/** `planned`, or code and limit of the refusal. */
function outcome(text: string): string {
  const recipe = readSteps(parseTransformation(text));
  const used = recipe.files.flatMap(({ path }) => FILES.find((file) => file.path === path) ?? []);
  try {
    planFilm(recipe, BASE, { hints: { width: null, dpr: null }, acceptsWebm: false, thrifty: false, layers: new Map(), files: used });
    return 'planned';
  } catch (error) {
    if (!(error instanceof TransformationError)) throw error;
    return `${error.code} ${String(error.extra.limit ?? error.extra.parameter)}`;
  }
}

const STEP = 'ELIMIT pixels of a step of a film';
const ALL = 'ELIMIT pixels of all steps of a film';
/** 14 pictures of 8 megapixels, no step of which is too large. */
const TO_AND_FRO = 'w-3840,h-2160,c-force:w-3800,h-2000,c-force:'.repeat(7);

describe('limits of the pictures of a film', () => {
  for (const [text, expected] of [
    ['w-1920', 'planned'],
    ['w-3840,h-100,fo-auto', 'planned'],
    ['w-16384,h-506,cm-pad_resize,bg-blurred', STEP],
    // A layer is judged as the film itself: what fills a box is larger than the box.
    ['l-video,i-tall.mp4,w-300,l-end', 'planned'],
    ['l-video,i-tall.mp4,w-1920,h-1080,cm-pad_resize,bg-blurred,l-end', 'planned'],
    ['l-video,i-tall.mp4,w-16384,h-506,cm-pad_resize,bg-blurred,l-end', STEP],
    ['l-video,i-tall.mp4,w-4350,h-1900,fo-auto,l-end', STEP],
    [`l-video,i-tall.mp4,${TO_AND_FRO}w-100,l-end`, ALL],
    ['l-video,i-tall.mp4,w-100:w-100,h-0.005,l-end', 'EPARAM w'],
    ['l-video,i-tall.mp4,w-2,h-2,l-end', 'planned'],
  ] as const) {
    it(`${text.slice(0, 80)}: ${expected}`, () => expect(outcome(text)).to.equal(expected));
  }
});
