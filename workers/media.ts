import { runWorker } from '../src/work.ts';

/** Works the queue `media` alone, for scaling it apart. */
await runWorker(['media']);
