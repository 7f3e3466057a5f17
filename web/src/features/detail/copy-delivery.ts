import { notifications } from '@mantine/notifications';
import type { AssetItem } from '../../api/types.ts';
import type { Messages } from '../../messages/en.ts';
import { copyText } from '../../ui/copy-text.ts';
import { formatDateTime } from '../../ui/format.ts';
import { isScheduled } from './publication.ts';

/** Copies the public address, that of the whole picture unless told otherwise; says so when it does not work yet. */
export async function copyDelivery(item: AssetItem, t: Messages, url = new URL(item.urls.delivery, location.origin).href): Promise<void> {
  await copyText(url);
  const { now, from } = item.published;
  const later = from !== null && isScheduled(item.published) ? t.delivery.publicFrom(formatDateTime(from)) : t.delivery.needPublish;
  notifications.show({ message: now ? t.app.copied : `${t.app.copied}. ${later}.`, color: now ? 'plum' : 'orange' });
}
