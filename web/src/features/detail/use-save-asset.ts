import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '../../api/api.ts';
import { ApiError } from '../../api/http.ts';
import { keys } from '../../api/query-client.ts';
import type { Asset, AssetPatch } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { showError } from '../../ui/error-text.ts';
import { putAsset, refreshLists } from '../library/refresh-assets.ts';

/**
 * Saves changes of one asset, shown at once and taken back when refused. A conflict shows the newest state instead
 * of writing over it.
 */
export function useSaveAsset(id: string) {
  const t = useText();
  const client = useQueryClient();
  const key = keys.asset(id);
  return useMutation({
    mutationKey: ['save', id],
    scope: { id: `save-${id}` },
    mutationFn: (patch: AssetPatch) => {
      const rowVersion = client.getQueryData<Asset>(key)?.rowVersion;
      if (rowVersion === undefined) throw new ApiError(0, 'not_loaded', t.error.unknown, null);
      return api.assets.patch(id, rowVersion, patch);
    },
    onMutate: (patch) => {
      const before = client.getQueryData<Asset>(key);
      const { title, description, tags } = patch;
      const shown = { ...(title !== undefined && { title }), ...(description !== undefined && { description }), ...(tags && { tags }) };
      client.setQueryData<Asset>(key, (asset) => asset && { ...asset, ...shown });
      return { before };
    },
    onSuccess: (asset) => {
      client.setQueryData<Asset>(key, asset);
      putAsset(client, asset);
      refreshLists(client);
    },
    onError: (error, _patch, context) => {
      if (context?.before) client.setQueryData(key, context.before);
      if (error instanceof ApiError && error.status === 412) void client.invalidateQueries({ queryKey: key });
      showError(error, t);
    },
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
