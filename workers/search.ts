import { runWorker } from '../src/work.ts';

/** Works the queue `search` alone, for scaling it apart. */
await runWorker(['search']);
