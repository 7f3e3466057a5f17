/** What open browsers and, later, webhooks hear of assets. Payloads hold ids only. */
export const ASSET_CHANGED_CHANNEL = 'asset_changed';

export type AssetEvent = 'asset.created' | 'asset.updated' | 'asset.ready' | 'asset.failed' | 'asset.deleted';
