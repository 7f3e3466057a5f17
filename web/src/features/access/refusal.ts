import { ApiError } from '../../api/http.ts';
import type { Messages } from '../../messages/en.ts';
import { showError } from '../../ui/error-text.ts';

/** What to say of a refused change of rights. To the server a verb that one does not hold, and so may not give, is "not found". */
export function refusalOf(error: Error | null, t: Messages): Error | null {
  return error instanceof ApiError && error.status === 404 ? new ApiError(422, 'not_yours', t.access.notYours, t.access.notYours) : error;
}

export const showRefusal = (error: Error, t: Messages): void => showError(refusalOf(error, t), t);
