import { notifications } from '@mantine/notifications';
import { ApiError } from '../api/http.ts';
import type { Messages } from '../messages/en.ts';

/** What happened, in words for people: the server's own sentence where it has one. */
export function errorText(error: unknown, t: Messages): string {
  if (!(error instanceof ApiError)) return t.error.unknown;
  if (error.status === 0) return t.error.offline;
  if (error.status === 412) return t.error.changed;
  return error.detail ?? (error.status >= 500 ? t.error.unknown : error.message);
}

export function showError(error: unknown, t: Messages): void {
  notifications.show({ color: 'red', title: t.error.title, message: errorText(error, t), autoClose: 8000 });
}
