import { runWorker } from '../src/work.ts';

/** Works the queue `io` alone, for scaling it apart. */
await runWorker(['io']);
