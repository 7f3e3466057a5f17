import { runWorker } from '../src/work.ts';

/** Works the queue `cron` alone, for scaling it apart. */
await runWorker(['cron']);
