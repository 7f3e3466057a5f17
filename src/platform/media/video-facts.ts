import { z } from 'zod';
import { bare, failed } from './identified.ts';
import type { Identified } from './media.ts';
import type { Sniffed } from './sniff.ts';

/** What ffprobe prints with `-of json -show_format -show_streams`, as far as it is used. */
const streamSchema = z.looseObject({
  codec_type: z.string().optional(),
  codec_name: z.string().optional(),
  profile: z.union([z.string(), z.number()]).optional(),
  width: z.number().optional(),
  height: z.number().optional(),
  pix_fmt: z.string().optional(),
  sample_aspect_ratio: z.string().optional(),
  avg_frame_rate: z.string().optional(),
  nb_frames: z.string().optional(),
  duration: z.string().optional(),
  bit_rate: z.string().optional(),
  sample_rate: z.string().optional(),
  channels: z.number().optional(),
  channel_layout: z.string().optional(),
  color_space: z.string().optional(),
  color_transfer: z.string().optional(),
  color_primaries: z.string().optional(),
  disposition: z.record(z.string(), z.number()).optional(),
  tags: z.record(z.string(), z.string()).optional(),
  side_data_list: z.array(z.looseObject({ rotation: z.number().optional() })).optional(),
});
export const probeSchema = z.looseObject({
  streams: z.array(streamSchema).default([]),
  format: z
    .looseObject({ format_name: z.string().optional(), duration: z.string().optional(), bit_rate: z.string().optional() })
    .default({}),
});
type Probe = z.infer<typeof probeSchema>;
type Stream = z.infer<typeof streamSchema>;

const STREAM_KEYS = [
  'codec_type',
  'codec_name',
  'profile',
  'width',
  'height',
  'pix_fmt',
  'sample_aspect_ratio',
  'avg_frame_rate',
  'bit_rate',
  'sample_rate',
  'channels',
  'channel_layout',
  'color_space',
  'color_transfer',
  'color_primaries',
] as const satisfies readonly (keyof Stream)[];

/** Longest side of a video that is decoded. */
const MOST_SIDE = 16_384;
const MOST_STREAMS = 100;

const number = (text: string | undefined): number | null => {
  const value = Number(text);
  return text !== undefined && Number.isFinite(value) ? value : null;
};

/** `30000/1001` as a number; null when unknown. */
export function frameRate(text: string | undefined): number | null {
  const [over = 0, under = 0] = (text ?? '').split('/').map(Number);
  return over > 0 && under > 0 ? over / under : null;
}

function rotation(stream: Stream): number {
  const fromMatrix = stream.side_data_list?.find((each) => each.rotation !== undefined)?.rotation;
  return Math.abs(fromMatrix ?? number(stream.tags?.rotate) ?? 0) % 180;
}

/** Cover art is a still inside audio, not a video. */
const isPicture = (stream: Stream): boolean => stream.codec_type === 'video' && stream.disposition?.attached_pic !== 1;

/** Type for a container that turned out to hold sound only. */
function soundOnly(type: Sniffed): Pick<Sniffed, 'kind' | 'mime' | 'extension'> {
  const mime = type.mime === 'video/webm' ? 'audio/webm' : type.demuxers?.startsWith('mov') ? 'audio/mp4' : type.mime;
  return { kind: 'audio', mime, extension: mime === 'audio/mp4' ? 'm4a' : type.extension };
}

/** Facts of a film or recording from what ffprobe printed. Pure. */
export function factsOfProbe(type: Sniffed, probe: Probe): Identified {
  const picture = probe.streams.find(isPicture);
  const sound = probe.streams.find((stream) => stream.codec_type === 'audio');
  if (!picture && !sound) return bare(type, failed('damaged', 'The file holds neither picture nor sound that can be read.'));
  const seconds = number(probe.format.duration) ?? number(picture?.duration) ?? number(sound?.duration);
  const turned = picture ? rotation(picture) === 90 : false;
  const { width = 0, height = 0 } = picture ?? {};
  const tooLarge = Math.max(width, height) > MOST_SIDE || probe.streams.length > MOST_STREAMS;
  const noSize = picture !== undefined && (width === 0 || height === 0);
  return {
    ...bare(picture ? { ...type, kind: 'video' } : soundOnly(type), null),
    width: picture ? (turned ? height : width) || null : null,
    height: picture ? (turned ? width : height) || null : null,
    frames: picture ? number(picture.nb_frames) : null,
    durationMs: seconds === null || seconds < 0 ? null : Math.round(seconds * 1000),
    probe: {
      decoder: 'ffmpeg',
      demuxers: type.demuxers,
      format: probe.format.format_name,
      bitRate: number(probe.format.bit_rate),
      frameRate: frameRate(picture?.avg_frame_rate),
      hasVideo: picture !== undefined,
      hasAudio: sound !== undefined,
      streams: probe.streams
        .slice(0, MOST_STREAMS)
        .map((stream) => Object.fromEntries(STREAM_KEYS.filter((key) => stream[key] !== undefined).map((key) => [key, stream[key]]))),
    },
    problem: tooLarge
      ? failed('too_large', `Films up to ${MOST_SIDE} px and ${MOST_STREAMS} streams are opened.`)
      : noSize
        ? failed('damaged', 'The film has no picture size; it may be damaged.')
        : null,
  };
}
