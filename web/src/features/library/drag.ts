/** Assets dragged within the app, as a JSON list of ids. */
export const ASSETS_TYPE = 'application/x-damson-assets';

export function draggedIds(transfer: DataTransfer): string[] {
  try {
    const ids: unknown = JSON.parse(transfer.getData(ASSETS_TYPE));
    return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
  } catch {
    return [];
  }
}
