import { type Icon, IconFile, IconFileText, IconMusic, IconPhoto, IconVideo } from '@tabler/icons-react';
import type { Kind } from '../api/types.ts';

const ICONS: Record<Kind, Icon> = { image: IconPhoto, video: IconVideo, audio: IconMusic, document: IconFileText, other: IconFile };

const ENDINGS: readonly (readonly [RegExp, Kind])[] = [
  [/\.(jpe?g|png|webp|avif|gif|tiff?|svg|heic|heif|psd|ai|nef|cr2|dng|arw|bmp)$/i, 'image'],
  [/\.(mp4|mov|m4v|webm|avi|mkv)$/i, 'video'],
  [/\.(mp3|m4a|wav|flac|ogg|aac)$/i, 'audio'],
  [/\.(pdf|docx?|xlsx?|pptx?|txt|md|csv)$/i, 'document'],
];

/** What a file will probably turn out to be while the server is still reading it. */
export const guessKind = (name: string): Kind => ENDINGS.find(([ending]) => ending.test(name))?.[1] ?? 'other';

/** The sign of a kind of file. */
export function KindIcon({ kind, size = 18, stroke = 1.6 }: { kind: Kind; size?: number; stroke?: number }) {
  const Glyph = ICONS[kind];
  return <Glyph size={size} stroke={stroke} aria-hidden />;
}
