import { QUEUES } from '../src/platform/queue/queue.ts';
import { runWorker } from '../src/work.ts';

/** Works every queue in one process. */
await runWorker(QUEUES);
