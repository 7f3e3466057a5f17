import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '../../api/api.ts';
import { ApiError } from '../../api/http.ts';
import { keys } from '../../api/query-client.ts';
import type { Asset, AssetPatch } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { showError } from '../../ui/error-text.ts';
import { putAsset, refreshLists } from '../library/refresh-assets.ts';
import type { Seen } from './use-draft.ts';

interface Change {
  readonly patch: AssetPatch;
  /** The version the person saw. */
  readonly rowVersion: number;
  /** Whether the change fits the newest state too: something else of the asset may have changed. */
  fits(newest: Asset): boolean;
}

/** Saves changes of one asset, one after another. A newer version is read, and the change sent again where it still fits. */
function usePatch(id: string) {
  const client = useQueryClient();
  const key = keys.asset(id);
  const mutationKey = ['save', id];
  return useMutation({
    mutationKey,
    scope: { id: `save-${id}` },
    mutationFn: async ({ patch, rowVersion, fits }: Change): Promise<Asset> => {
      try {
        return await api.assets.patch(id, rowVersion, patch);
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 412) throw error;
        const newest = await api.assets.get(id);
        client.setQueryData<Asset>(key, newest);
        putAsset(client, newest);
        if (!fits(newest)) throw error;
        return await api.assets.patch(id, newest.rowVersion, patch);
      }
    },
    onSuccess: (asset) => {
      // With more on its way this answer is already older than what is shown.
      if (client.isMutating({ mutationKey }) <= 1) client.setQueryData<Asset>(key, asset);
      putAsset(client, asset);
      refreshLists(client);
    },
  });
}

/** Saves a text that was written over `seen`; rejects, with status 412, when somebody else has written another meanwhile. */
export function useSaveText(id: string, field: 'title' | 'description' | 'name'): (text: string, seen: Seen) => Promise<Asset> {
  const { mutateAsync } = usePatch(id);
  return (text, seen) =>
    mutateAsync({
      patch: { [field]: field === 'name' ? text : text || null },
      rowVersion: seen.rowVersion,
      fits: (newest) => [seen.text, text].includes(newest[field] ?? ''),
    });
}

/** Saves tags, shown at once: only those that came or went are sent, so that nobody's tags are written over. */
export function useSaveTags(id: string): (tags: readonly string[]) => void {
  const t = useText();
  const client = useQueryClient();
  const { mutateAsync } = usePatch(id);
  const key = keys.asset(id);
  return (tags) => {
    const asset = client.getQueryData<Asset>(key);
    if (!asset) return;
    const addTags = tags.filter((tag) => !asset.tags.includes(tag));
    const removeTags = asset.tags.filter((tag) => !tags.includes(tag));
    const patch: AssetPatch = { ...(addTags.length > 0 && { addTags }), ...(removeTags.length > 0 && { removeTags }) };
    if (Object.keys(patch).length === 0) return;
    client.setQueryData<Asset>(key, { ...asset, tags: [...tags] });
    mutateAsync({ patch, rowVersion: asset.rowVersion, fits: () => true }).catch((error: unknown) => {
      void client.invalidateQueries({ queryKey: key });
      showError(error, t);
    });
  };
}

/** Saves focal point and crop; rejects, with status 412, when somebody else has changed them since `seen`. */
export function useSaveFraming(id: string): (patch: Pick<Asset, 'focalPoint' | 'customCoordinates'>, seen: Asset) => Promise<Asset> {
  const { mutateAsync } = usePatch(id);
  return (patch, seen) =>
    mutateAsync({
      patch,
      rowVersion: seen.rowVersion,
      fits: ({ focalPoint, customCoordinates }) =>
        customCoordinates === seen.customCoordinates && focalPoint?.x === seen.focalPoint?.x && focalPoint?.y === seen.focalPoint?.y,
    });
}

/** Takes over an asset that another call answered with. */
export function useTakeAsset(): (asset: Asset) => void {
  const client = useQueryClient();
  return (asset) => {
    client.setQueryData<Asset>(keys.asset(asset.id), asset);
    putAsset(client, asset);
    refreshLists(client);
  };
}
