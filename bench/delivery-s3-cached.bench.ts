import type { Rhythm } from './lib/alternate.ts';
import type { Result } from './lib/report.ts';
import { benchS3Delivery } from './lib/s3-delivery.ts';

/** The same with the bounded cache on local disk. */
export function bench(rhythm: Rhythm, quick: boolean): Promise<Result> {
  return benchS3Delivery(
    {
      name: 'delivery-s3-cached',
      title: 'Warm derivative, objects in S3, disk cache',
      goal: 0.9,
      variables: { HOT_CACHE_BYTES: '0' },
      subject: { STORAGE_CACHE_BYTES: '1073741824' },
      says: 'no memory cache, with the disk cache',
    },
    rhythm,
    quick,
  );
}
