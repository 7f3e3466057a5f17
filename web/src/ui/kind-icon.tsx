import { type Icon, IconFile, IconFileText, IconMusic, IconPhoto, IconVideo } from '@tabler/icons-react';
import type { Kind } from '../api/types.ts';

const ICONS: Record<Kind, Icon> = { image: IconPhoto, video: IconVideo, audio: IconMusic, document: IconFileText, other: IconFile };

/** The sign of a kind of file. */
export function KindIcon({ kind, size = 18, stroke = 1.6 }: { kind: Kind; size?: number; stroke?: number }) {
  const Glyph = ICONS[kind];
  return <Glyph size={size} stroke={stroke} aria-hidden />;
}
