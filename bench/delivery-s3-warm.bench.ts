import type { Rhythm } from './lib/alternate.ts';
import type { Result } from './lib/report.ts';
import { benchS3Delivery } from './lib/s3-delivery.ts';

/** A derivative that is in storage, not in memory, and in no cache. */
export function bench(rhythm: Rhythm, quick: boolean): Promise<Result> {
  return benchS3Delivery(
    {
      name: 'delivery-s3-warm',
      title: 'Warm derivative, objects in S3, no cache',
      goal: 0.25,
      variables: { HOT_CACHE_BYTES: '0' },
      subject: { STORAGE_CACHE_BYTES: '0' },
      says: 'no memory cache, no disk cache',
    },
    rhythm,
    quick,
  );
}
