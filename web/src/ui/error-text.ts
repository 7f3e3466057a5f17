import { notifications } from '@mantine/notifications';
import { ApiError } from '../api/http.ts';
import type { Messages } from '../messages/en.ts';

/** What happened, in words for people: the app's for a code it knows, else the server's own sentence. */
export function errorText(error: unknown, t: Messages): string {
  if (!(error instanceof ApiError)) return t.error.unknown;
  if (error.status === 0) return t.error.offline;
  if (error.status === 412) return t.error.changed;
  return t.error.codes[error.code] ?? error.detail ?? (error.status >= 500 ? t.error.unknown : error.message);
}

export function showError(error: unknown, t: Messages): void {
  notifications.show({ color: 'red', title: t.error.title, message: errorText(error, t), autoClose: 8000 });
}
