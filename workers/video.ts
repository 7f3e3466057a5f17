import { runWorker } from '../src/work.ts';

/** Works the queue `video` alone, for scaling it apart. */
await runWorker(['video']);
