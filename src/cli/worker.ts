import { QUEUES, type QueueName } from '../platform/queue/queue.ts';
import { DONE, readArgs, UsageError, type Verb } from './verb.ts';

export const worker: Verb = {
  usage: 'worker [queues]',
  summary: 'Work jobs without serving: all queues, or those named',
  help: `  queues   one or more of ${QUEUES.join(', ')}, separated by commas or spaces

Serves /health and /metrics on HEALTH_PORT when that is set.`,
  async run(args) {
    const { positionals } = readArgs(args, {});
    const named = positionals.flatMap((text) => text.split(',')).filter((text) => text !== '');
    const queues = named.length === 0 ? QUEUES : named.map(queueOf);
    const { runWorker } = await import('../work.ts');
    await runWorker(queues);
    return DONE;
  },
};

function queueOf(name: string): QueueName {
  const queue = QUEUES.find((known) => known === name);
  if (!queue) throw new UsageError(`there is no queue "${name}"; there are ${QUEUES.join(', ')}`);
  return queue;
}
