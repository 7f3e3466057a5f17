import { notifications } from '@mantine/notifications';
import type { AssetItem } from '../../api/types.ts';
import type { Messages } from '../../messages/en.ts';
import { copyText } from '../../ui/copy-text.ts';

/** Copies the public address; says so when it does not work yet. */
export async function copyDelivery(item: AssetItem, t: Messages): Promise<void> {
  await copyText(new URL(item.urls.delivery, location.origin).href);
  notifications.show({
    message: item.published.now ? t.app.copied : `${t.app.copied}. ${t.delivery.needPublish}.`,
    color: item.published.now ? 'plum' : 'orange',
  });
}
