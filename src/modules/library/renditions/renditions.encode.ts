import type { Encode, PlanOp, Rights } from '../../../platform/media/plan.ts';
import { isStageOp, stagesOf } from '../../../platform/media/plan-stages.ts';
import type { Output } from './operations/operation.ts';
import type { Outcome } from './renditions.negotiation.ts';

/** How a result is encoded, and what its file says beside the pixels. Pure. */

/** Nothing; whose it is and how it came about; all that the file said, less positions and serial numbers (ADR 0311). */
export const METADATA_POLICIES = ['strip', 'rights', 'all'] as const;
export type MetadataPolicy = (typeof METADATA_POLICIES)[number];

const QUALITY = 80;
const THRIFTY_QUALITY = Math.round(QUALITY * 0.75);

/**
 * Whether sharp does all of it in one pipeline, also for a picture with an EXIF orientation (`raster/stages.ts` cuts before a late extract and after a free
 * rotation). Between two pipelines pixels are sRGB, and the input's profile would be wrong for what comes out.
 */
function inOneGo(ops: readonly PlanOp[]): boolean {
  const cuts = ops.some((op, i) => i > 0 && (op.op === 'extract' || ops[i - 1]?.op === 'rotate'));
  return !cuts && ops.every(isStageOp) && stagesOf(ops.filter(isStageOp)).length === 1;
}

type Chosen = Omit<Output, 'format'> & { readonly format: Outcome };

const losslessly = ({ lossless, format }: Chosen): boolean => lossless && (format === 'webp' || format === 'avif');
export const isLossy = (output: Chosen): boolean => output.format !== 'png' && output.format !== 'gif' && !losslessly(output);

export interface Said {
  /** The client asks for fewer bytes. */
  readonly thrifty: boolean;
  readonly policy: MetadataPolicy;
  readonly rights: Rights | null;
}

/** Where the file says nothing of its rights, policies but `all` make one derivative. */
function statement({ metadata }: Chosen, { policy, rights }: Said): Pick<Encode, 'rights' | 'tags'> {
  const tags = metadata ? 'asked' : policy === 'all' ? 'policy' : null;
  if (tags) return { tags, ...(rights ? { rights } : {}) };
  return policy === 'rights' && rights ? { rights } : {};
}

/** Formats without a quality get one constant, so that `q` does not make another derivative of them. */
export function encodeOf(output: Chosen, ops: readonly PlanOp[], said: Said): Encode {
  const { format } = output;
  const profile = output.profile && inOneGo(ops);
  return {
    format,
    quality: isLossy(output) ? (output.quality ?? (said.thrifty ? THRIFTY_QUALITY : QUALITY)) : 100,
    metadata: profile ? 'profile' : 'strip',
    ...(losslessly(output) ? { lossless: true } : {}),
    ...(output.progressive && (format === 'jpeg' || format === 'png') ? { progressive: true } : {}),
    ...(output.density === null ? {} : { density: output.density }),
    ...statement(output, said),
  };
}
