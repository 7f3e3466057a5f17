import type { ImagePlan, LayerPlan, PlanOp } from '../../../platform/media/plan.ts';
import { keys } from '../../../platform/storage/keys.ts';
import type { Key } from '../../../platform/storage/storage.ts';
import { checkLayers, type LayerInput, onSmallest } from '../renditions/index.ts';
import type { DeliveryAsset } from './delivery.lookup.ts';
import type { LayerPicture, Raster } from './delivery.raster.ts';

/** What the layers of a plan are decoded from: the original, or the smaller raster made at ingest where its pixels suffice. Pure. */

interface Input {
  readonly key: Key;
  readonly width: number;
  readonly height: number;
}

/** Where the bytes of a raster are. */
const keyOf = (asset: DeliveryAsset, { from }: Raster): Key =>
  from === 'original' ? keys.original(asset.workspaceId, asset.blobId) : from.key;

export function layerInputs(pictures: readonly LayerPicture[]): Map<string, LayerInput> {
  return new Map(
    pictures.map(({ path, raster }, index) => [
      path,
      {
        index,
        width: raster.width,
        height: raster.height,
        framing: raster.framing ?? null,
        hasAlpha: raster.mime !== 'image/jpeg' && raster.hasAlpha !== false,
      },
    ]),
  );
}

/** The same layer of the mezzanine; null when there is none, or when what it needs is known too late, as after a trim. */
function onMezzanine(
  { asset, raster }: LayerPicture,
  ops: readonly PlanOp[],
  page: number,
): { input: Input; ops: readonly PlanOp[] } | null {
  if (raster.from !== 'original') return null;
  const whole: ImagePlan = { page, animated: false, autoOrient: true, ops, encode: { format: 'png', quality: 100, metadata: 'strip' } };
  const smaller = onSmallest(whole, raster, [asset.half, asset.mezzanine]);
  return smaller && { input: smaller.raster, ops: smaller.plan.ops };
}

/**
 * The plan as it is run, and its inputs by their numbers. The identity of the derivative stays that of the plan that was given.
 * @throws TransformationError ELIMIT when all layers together have too many pixels
 */
export function withLayers(plan: ImagePlan, pictures: readonly LayerPicture[]): { plan: ImagePlan; inputs: readonly Key[] } {
  if (pictures.length === 0 && !plan.ops.some((op) => op.op === 'layer' || op.op === 'late')) return { plan, inputs: [] };
  // Late operations know the pictures by these numbers; smaller ones come after them.
  const inputs: Input[] = pictures.map(({ asset, raster }) => ({ key: keyOf(asset, raster), width: raster.width, height: raster.height }));
  const lighter = (layer: LayerPlan): LayerPlan => {
    const { source } = layer;
    const picture = source.kind === 'image' ? pictures[source.input] : undefined;
    const small = source.kind === 'image' && picture ? onMezzanine(picture, layer.ops, source.page) : null;
    if (!small) return { ...layer, ops: all(layer.ops) };
    inputs.push(small.input);
    return { ...layer, source: { kind: 'image', input: inputs.length - 1, page: 0 }, ops: all(small.ops) };
  };
  const all = (ops: readonly PlanOp[]): PlanOp[] => ops.map((op) => (op.op === 'layer' ? { op: 'layer', layer: lighter(op.layer) } : op));
  const made = { ...plan, ops: all(plan.ops) };
  checkLayers(made.ops, { sizes: inputs, layers: layerInputs(pictures) });
  return { plan: made, inputs: inputs.map(({ key }) => key) };
}

/**
 * What of the layers is part of the identity of what they are laid on: their files, and where they are drawn from what ingest made of one, that.
 * @param inputs of `withLayers` for the same pictures
 */
export const layerIdentities = (pictures: readonly LayerPicture[], inputs: readonly Key[]): string[] => [
  ...pictures.map(({ asset, raster }) => (raster.from === 'original' ? asset.blobId : raster.from.key)),
  ...inputs.slice(pictures.length),
];
