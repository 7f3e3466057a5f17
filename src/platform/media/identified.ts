import type { Identified, PreviewProblem, PreviewReason } from './media.ts';
import type { Sniffed } from './sniff.ts';

/** What is known of a file before any decoder looked at it. */
export function bare(type: Pick<Sniffed, 'kind' | 'mime' | 'extension'>, problem: PreviewProblem | null): Identified {
  return {
    kind: type.kind,
    mime: type.mime,
    extension: type.extension,
    width: null,
    height: null,
    pages: null,
    frames: null,
    durationMs: null,
    hasAlpha: null,
    orientation: null,
    probe: {},
    problem,
  };
}

export const none = (reason: PreviewReason, detail: string): PreviewProblem => ({ state: 'none', reason, detail });
export const failed = (reason: PreviewReason, detail: string): PreviewProblem => ({ state: 'failed', reason, detail });

export const DAMAGED = failed('damaged', 'The file begins like this type but cannot be decoded; it may be damaged or cut short.');
