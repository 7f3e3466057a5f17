import type { Rhythm } from './lib/alternate.ts';
import type { Result } from './lib/report.ts';
import { benchS3Delivery } from './lib/s3-delivery.ts';

/** A derivative in memory does not know where it was stored. */
export function bench(rhythm: Rhythm, quick: boolean): Promise<Result> {
  return benchS3Delivery(
    {
      name: 'delivery-s3-hot',
      title: 'Hot derivative, objects in S3',
      goal: 0.95,
      variables: {},
      subject: {},
      says: 'derivative in memory',
    },
    rhythm,
    quick,
  );
}
