import type { Ctx } from '../../../context.ts';
import { MAX_SUBTITLE_BYTES } from '../../../platform/media/film-plan.ts';
import type { LayerFile } from '../renditions/index.ts';
import { TransformationError } from '../renditions/index.ts';
import { DeliveryError } from './delivery.answers.ts';
import type { FindDeps } from './delivery.find.ts';
import { type Credential, type Grant, grantReferenced } from './delivery.gate.ts';
import type { DeliveryAsset } from './delivery.lookup.ts';
import { libraryAddress } from './delivery.url.ts';

/** Films and subtitles that a transformation lays over a film, each under the same rule as its pictures (decisions 3). */

export interface FoundFile extends LayerFile {
  readonly asset: DeliveryAsset;
}

export interface FoundFiles {
  readonly files: readonly FoundFile[];
  readonly grants: readonly Grant[];
  /** Nobody knows yet what one of them is. */
  readonly preparing: boolean;
}

const SUBTITLES: ReadonlySet<string> = new Set(['application/x-subrip', 'text/vtt', 'text/plain']);

const isFilm = ({ mime, frames, probe }: DeliveryAsset): boolean => probe.hasVideo === true || (mime === 'image/gif' && (frames ?? 1) > 1);

/** @throws DeliveryError EDECODE for a file of another kind; TransformationError ELIMIT for too long a text */
function check({ kind }: LayerFile, asset: DeliveryAsset): void {
  if (kind === 'film' && !isFilm(asset)) throw new DeliveryError('EDECODE', 'The file of a layer is no film.');
  if (kind === 'film') return;
  if (!SUBTITLES.has(asset.mime)) throw new DeliveryError('EDECODE', 'The file of a layer holds no subtitles; SRT and WebVTT do.');
  if (asset.bytes <= MAX_SUBTITLE_BYTES) return;
  const [given, allowed] = [asset.bytes, MAX_SUBTITLE_BYTES];
  throw new TransformationError('ELIMIT', `bytes of subtitles is ${given}; at most ${allowed} is allowed`, {
    limit: 'bytes of subtitles',
    given,
    allowed,
  });
}

/** @throws DeliveryError ENOENT for one that is missing or forbidden, EDECODE; TransformationError ELIMIT */
export async function findFiles(deps: FindDeps, ctx: Ctx, credential: Credential, wanted: readonly LayerFile[]): Promise<FoundFiles> {
  const files: FoundFile[] = [];
  const grants: Grant[] = [];
  let preparing = false;
  for (const file of wanted) {
    const address = libraryAddress(file.path);
    const decision = address && (await deps.decisions.get(ctx, address, null));
    if (!decision) throw new DeliveryError('ENOENT');
    const { asset } = decision;
    grants.push(await grantReferenced(ctx, credential, asset, deps.access));
    if (asset.processing && asset.probe.demuxers === undefined && file.kind === 'film') preparing = true;
    else check(file, asset);
    files.push({ ...file, asset });
  }
  return { files, grants, preparing };
}
