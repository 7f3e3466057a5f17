import { DamsonError } from '../../../errors.ts';
import { TransformationError } from '../renditions/index.ts';
import { DeliveryError } from './delivery.answers.ts';

/** Whatever went wrong, as a refusal in the words of delivery. Unknown errors say nothing of the inside. */
export function toRefusal(error: unknown): DeliveryError {
  if (error instanceof DeliveryError) return error;
  if (error instanceof TransformationError) return new DeliveryError(error.code, error.message, error.extra);
  if (!(error instanceof DamsonError)) return new DeliveryError('EINTERNAL');
  switch (error.code) {
    case 'decode_failed':
      return new DeliveryError('EDECODE', error.detail, { reason: error.extra.reason });
    case 'limit_exceeded':
      return new DeliveryError('ELIMIT', error.detail, error.extra);
    case 'not_found':
      return new DeliveryError('ENOENT');
    case 'range_not_satisfiable':
      return new DeliveryError('ERANGE', undefined, {}, error.headers);
    default:
      if (error.status !== 503 && error.status !== 507) return new DeliveryError('EINTERNAL');
      return new DeliveryError('EBUSY', undefined, {}, { 'Retry-After': error.headers['Retry-After'] ?? '2' });
  }
}
