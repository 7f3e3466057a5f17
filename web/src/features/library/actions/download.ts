import { notifications } from '@mantine/notifications';
import type { AssetItem } from '../../../api/types.ts';
import type { Messages } from '../../../messages/en.ts';

/** Browsers drop downloads that start at the same moment. */
const APART_MS = 400;

/** Saves originals, one after another. */
export function download(items: readonly AssetItem[], t: Messages): void {
  if (items.length > 1) notifications.show({ message: t.bulk.downloadMany(items.length) });
  items.forEach((item, index) => {
    setTimeout(() => {
      const link = document.createElement('a');
      link.href = item.urls.original;
      link.download = item.name;
      document.body.append(link);
      link.click();
      link.remove();
    }, index * APART_MS);
  });
}
