import { createHash } from 'node:crypto';
import type { DeliveryAsset } from './delivery.lookup.ts';

/** What caches in front of Damson know an answer by, so that they can forget it (`Surrogate-Key`, `Cache-Tag`). Pure. */

const MAX_KNOWN = 10_000;
const known = new Map<string, string>();

/** 72 bits of a hash: short, and nobody can address anything with it. */
function short(id: string): string {
  const have = known.get(id);
  if (have !== undefined) return have;
  const made = createHash('sha256').update(id).digest('base64url').slice(0, 12);
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(id, made);
  return made;
}

/** The tag of everything that shows something of this asset. */
export const assetTag = (assetId: string): string => `a-${short(assetId)}`;

/** The tag of everything of this workspace. */
export const workspaceTag = (workspaceId: string): string => `w-${short(workspaceId)}`;

/** Tags of an answer: asset, version, folder, workspace; and of what lies on top of it, the asset. */
export function tagsOf(asset: DeliveryAsset, layers: readonly DeliveryAsset[] = []): string[] {
  const own = [assetTag(asset.assetId), `v-${short(asset.versionId)}`, `f-${short(asset.folderId)}`, workspaceTag(asset.workspaceId)];
  return [...new Set([...own, ...layers.map((layer) => assetTag(layer.assetId))])];
}

/** The same as headers, for the caches that know either. */
export function tagHeaders(asset: DeliveryAsset, others: readonly DeliveryAsset[] = []): Record<string, string> {
  const tags = tagsOf(asset, others);
  return { 'Surrogate-Key': tags.join(' '), 'Cache-Tag': tags.join(',') };
}
