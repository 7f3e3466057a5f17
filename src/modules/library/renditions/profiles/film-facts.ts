import type { FilmCut } from '../../../../platform/media/film-plan.ts';
import { evaluate } from '../renditions.expression.ts';
import type { Framing } from '../renditions.framing.ts';
import type { Size } from '../renditions.geometry.ts';
import { badParameter, overLimit } from '../renditions.problem.ts';
import type { FixedLength } from '../renditions.tree.ts';
import type { VideoWishes } from './wishes.ts';

/** What is known of a film, and which part of it is meant (delivery-urls 7). Pure. */

export interface FilmFacts extends Size {
  /** s; null = not known. */
  readonly seconds: number | null;
  readonly hasAudio: boolean;
  /** Width over height of its pixels. */
  readonly pixelRatio: number;
  /** What a person marked as important in it. */
  readonly framing: Framing | null;
}

/** Longest film that is worked on as a whole, s. */
export const MAX_FILM_SECONDS = 3_600;

/** Square pixels, as a player shows them. */
export const shown = ({ width, height, pixelRatio }: FilmFacts): Size => ({ width: Math.max(1, Math.round(width * pixelRatio)), height });

/** @param base length of the film below, where there is one */
export function secondsOf(key: string, value: FixedLength, facts: FilmFacts, base: number | null = facts.seconds): number {
  if (value.kind === 'number') return value.value;
  const { width, height, seconds } = facts;
  const result = evaluate(value.expression, {
    iw: width,
    ih: height,
    iar: width / height,
    ...(seconds === null ? {} : { idu: seconds }),
    ...(base === null ? {} : { bdu: base }),
  });
  if (result === null || result < 0) throw badParameter(key, `the expression of ${key} cannot be computed for this film`);
  return Math.round(result * 100) / 100;
}

/**
 * Which part of the film is meant.
 * @param base length of the film below, where there is one
 * @throws EPARAM for what lies outside it, ELIMIT for more than is worked on
 */
export function cutOf(
  wishes: Pick<VideoWishes, 'start' | 'end' | 'duration'> | null,
  facts: FilmFacts,
  base: number | null = facts.seconds,
): FilmCut {
  const { start: so = null, end: eo = null, duration: du = null } = wishes ?? {};
  const { seconds } = facts;
  const start = so ? secondsOf('so', so, facts, base) : 0;
  if (seconds !== null && start >= seconds) throw badParameter('so', `so is ${start} s, the film is ${seconds} s long`);
  const end = eo ? secondsOf('eo', eo, facts, base) : null;
  if (end !== null && end <= start) throw badParameter('eo', `eo is ${end} s, which is not after so (${start} s)`);
  if (end !== null && seconds !== null && end > seconds) throw badParameter('eo', `eo is ${end} s, the film is ${seconds} s long`);
  const wanted = du ? secondsOf('du', du, facts, base) : end === null ? null : end - start;
  if (wanted !== null && wanted <= 0) throw badParameter('du', 'du must be more than 0');
  const length = Math.min(wanted ?? Number.POSITIVE_INFINITY, (seconds ?? Number.POSITIVE_INFINITY) - start);
  if (Number.isFinite(length) && length > MAX_FILM_SECONDS) throw overLimit('seconds of a film', Math.ceil(length), MAX_FILM_SECONDS);
  // What is longer than what there is means: to the end; one derivative, not many.
  const whole = wanted === null || (seconds !== null && wanted >= seconds - start);
  return { start, duration: whole ? null : Math.round(wanted * 100) / 100 };
}

/** How long the part is, s; null = not known. */
export const lengthOf = ({ start, duration }: FilmCut, { seconds }: FilmFacts): number | null =>
  duration ?? (seconds === null ? null : Math.round((seconds - start) * 100) / 100);
