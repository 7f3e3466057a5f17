import type { Job } from '../../api/types.ts';
import type { Messages } from '../../messages/en.ts';

export const isRunning = (job: Job): boolean => job.state === 'queued' || job.state === 'running';

/** `assets.trash`, `bulk.trash` or `trash` -> "12 assets moved to the trash"; unknown kinds keep their name. */
export function jobTitle(job: Job, t: Messages): string {
  const action = job.kind.split(/[.:]/).at(-1) ?? job.kind;
  const texts = isRunning(job) ? t.bulk.running : t.bulk.done;
  return texts[action]?.(job.total ?? job.done) ?? t.jobs.kind(job.kind);
}
