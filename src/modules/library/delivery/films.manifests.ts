import type { LadderPlan, SpritePlan } from '../../../platform/media/film-plan.ts';
import type { Made } from './films.entity.ts';

/** Manifests of a film's pieces, which serve HLS (RFC 8216) and DASH (ISO 23009-1) alike. Pure texts. */

const SOUND_KBPS = 128;
/** Room over the encoder's ceiling for the container. */
const OVERHEAD = 1.1;

const bandwidth = (kbps: number, audio: boolean) => Math.round((kbps * OVERHEAD + (audio ? SOUND_KBPS * OVERHEAD : 0)) * 1000);

/** @param base absolute path of the pieces, ending in `/` */
export function masterPlaylist(plan: LadderPlan, made: Made, base: string): string {
  const sound = plan.audio
    ? [`#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="sound",DEFAULT=YES,AUTOSELECT=YES,URI="${base}audio.m3u8"`]
    : [];
  const rungs = plan.rungs.flatMap(({ name, width, height, kbps }) => {
    const codecs = [made.codecs[name] ?? 'avc1.640028', ...(plan.audio ? ['mp4a.40.2'] : [])].join(',');
    const facts = `BANDWIDTH=${bandwidth(kbps, plan.audio)},RESOLUTION=${width}x${height},CODECS="${codecs}"`;
    return [`#EXT-X-STREAM-INF:${facts}${plan.audio ? ',AUDIO="sound"' : ''}`, `${base}${name}.m3u8`];
  });
  return `${['#EXTM3U', '#EXT-X-VERSION:7', '#EXT-X-INDEPENDENT-SEGMENTS', ...sound, ...rungs].join('\n')}\n`;
}

/**
 * The pieces of one rung so far.
 * @param whole the film is finished: nothing follows
 */
export function mediaPlaylist(name: string, plan: LadderPlan, made: Made, whole: boolean): string {
  const lengths = made.pieces[name] ?? [];
  return `${[
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    // Pieces end at the first frame after their time: up to half a second more rounds to the same number.
    `#EXT-X-TARGETDURATION:${plan.segment + 1}`,
    '#EXT-X-MEDIA-SEQUENCE:0',
    '#EXT-X-PLAYLIST-TYPE:EVENT',
    '#EXT-X-INDEPENDENT-SEGMENTS',
    // While it grows players would begin at its end, as of a live event.
    ...(whole ? [] : ['#EXT-X-START:TIME-OFFSET=0']),
    `#EXT-X-MAP:URI="${name}-init.mp4"`,
    ...lengths.flatMap((seconds, n) => [`#EXTINF:${seconds.toFixed(3)},`, `${name}-${n}.m4s`]),
    ...(whole ? ['#EXT-X-ENDLIST'] : []),
  ].join('\n')}\n`;
}

const sum = (lengths: readonly number[]) => lengths.reduce((all, each) => all + each, 0);

/** Where pieces begin and how long they are; of an unfinished film by its plan, the times not yet known being equal. */
function timing(name: string, plan: LadderPlan, made: Made, whole: boolean): string {
  const attributes = `timescale="1000" initialization="${name}-init.mp4" media="${name}-$Number$.m4s" startNumber="0"`;
  if (!whole) return `<SegmentTemplate ${attributes} duration="${plan.segment * 1000}"/>`;
  const times = (made.pieces[name] ?? []).map((seconds) => `<S d="${Math.round(seconds * 1000)}"/>`).join('');
  return `<SegmentTemplate ${attributes}><SegmentTimeline>${times}</SegmentTimeline></SegmentTemplate>`;
}

/**
 * @param base absolute path of the pieces, ending in `/`
 * @param seconds how long the film will be; of a finished one it is known
 */
export function dashManifest(plan: LadderPlan, made: Made, base: string, whole: boolean, seconds: number): string {
  const length = whole ? Math.max(0, ...plan.rungs.map(({ name }) => sum(made.pieces[name] ?? []))) : seconds;
  const rungs = plan.rungs.map(
    ({ name, width, height, kbps }) =>
      `<Representation id="${name}" bandwidth="${bandwidth(kbps, false)}" width="${width}" height="${height}" codecs="${made.codecs[name] ?? 'avc1.640028'}">` +
      `${timing(name, plan, made, whole)}</Representation>`,
  );
  const sound = plan.audio
    ? `<AdaptationSet id="1" contentType="audio" mimeType="audio/mp4" segmentAlignment="true" startWithSAP="1" lang="und">` +
      `<Representation id="audio" bandwidth="${SOUND_KBPS * 1000}" codecs="mp4a.40.2" audioSamplingRate="48000">${timing('audio', plan, made, whole)}</Representation></AdaptationSet>`
    : '';
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n` +
    `<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" profiles="urn:mpeg:dash:profile:isoff-live:2011" ` +
    `mediaPresentationDuration="PT${length.toFixed(3)}S" minBufferTime="PT${plan.segment}S"><Period id="0" start="PT0S"><BaseURL>${base}</BaseURL>` +
    `<AdaptationSet id="0" contentType="video" mimeType="video/mp4" segmentAlignment="true" startWithSAP="1">${rungs.join('')}</AdaptationSet>${sound}</Period></MPD>\n`
  );
}

const clock = (seconds: number): string => new Date(Math.round(seconds * 1000)).toISOString().slice(11, 23);

/** WebVTT whose cues are the pictures of a sprite (media fragments, `#xywh=`). */
export function spriteCues(plan: SpritePlan, sprite: string, seconds: number): string {
  const { interval, columns, rows, width, height } = plan;
  const count = Math.min(columns * rows, Math.max(1, Math.ceil(seconds / interval)));
  const cues = Array.from({ length: count }, (_, n) => {
    const box = [(n % columns) * width, Math.floor(n / columns) * height, width, height].join(',');
    return `${clock(n * interval)} --> ${clock(Math.min(seconds, (n + 1) * interval))}\n${sprite}#xywh=${box}`;
  });
  return `WEBVTT\n\n${cues.join('\n\n')}\n`;
}
