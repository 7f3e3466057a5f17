import type { FilmAudioCodec, FilmVideoCodec } from '../../../../platform/media/film-plan.ts';
import { badParameter } from '../renditions.problem.ts';
import type { Recipe } from '../renditions.reader.ts';

/** Containers and what goes into them (delivery-urls 7). Pure. */

const INSIDE = {
  mp4: { video: ['h264'], audio: ['aac'] },
  webm: { video: ['vp9', 'av1'], audio: ['opus'] },
} as const satisfies Record<string, { video: readonly FilmVideoCodec[]; audio: readonly FilmAudioCodec[] }>;

export interface Contained {
  readonly container: keyof typeof INSIDE;
  readonly video: FilmVideoCodec | null;
  readonly audio: FilmAudioCodec | null;
  readonly negotiated: boolean;
}

/** `mp4` or `webm` as said, as the codecs want it, or as the client does. */
function chosen(recipe: Recipe, acceptsWebm: boolean): Pick<Contained, 'container' | 'negotiated'> {
  const { format, video } = recipe;
  if (format === 'mp4' || format === 'webm') return { container: format, negotiated: false };
  const { videoCodec, audioCodec } = video ?? {};
  if (videoCodec === 'vp9' || videoCodec === 'av1' || audioCodec === 'opus') return { container: 'webm', negotiated: false };
  if (videoCodec === 'h264' || audioCodec === 'aac') return { container: 'mp4', negotiated: false };
  return { container: acceptsWebm ? 'webm' : 'mp4', negotiated: true };
}

/**
 * @throws TransformationError EPARAM for codecs that do not go together, or nothing to be seen and heard
 */
export function containerOf(recipe: Recipe, hasAudio: boolean, acceptsWebm: boolean): Contained {
  const { container, negotiated } = chosen(recipe, acceptsWebm);
  const { videoCodec = null, audioCodec = null } = recipe.video ?? {};
  const inside = INSIDE[container];
  const video = videoCodec === 'none' ? null : (videoCodec ?? inside.video[0]);
  const audio = audioCodec === 'none' || !hasAudio ? null : (audioCodec ?? inside.audio[0]);
  if (video && !inside.video.some((each) => each === video))
    throw badParameter('vc', `${container} does not hold ${video}; it holds ${inside.video.join(', ')}`);
  if (audioCodec && audioCodec !== 'none' && !inside.audio.some((each) => each === audioCodec)) {
    throw badParameter('ac', `${container} does not hold ${audioCodec}; it holds ${inside.audio.join(', ')}`);
  }
  if (!video && !audio)
    throw badParameter('vc', hasAudio ? 'vc-none and ac-none leave nothing' : 'the film has no sound: vc-none leaves nothing');
  return { container, video, audio, negotiated };
}
