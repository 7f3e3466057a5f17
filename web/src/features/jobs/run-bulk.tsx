import { Button, Group, Progress } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api } from '../../api/api.ts';
import { keys, queryClient } from '../../api/query-client.ts';
import type { BulkAction, Job } from '../../api/types.ts';
import type { Messages } from '../../messages/en.ts';
import { useText } from '../../messages/index.tsx';
import { refreshLists } from '../library/refresh-assets.ts';
import { showError } from '../../ui/error-text.ts';
import { isRunning, jobTitle } from './job-title.ts';

const POLL_MS = 700;
const STAY_MS = 8000;

/** Jobs that are being taken back: they look like any other while they run. */
const undoing = new Set<string>();

function refresh(): void {
  for (const queryKey of [keys.jobs, keys.assets]) void queryClient.invalidateQueries({ queryKey });
  refreshLists(queryClient);
}

export async function cancelJob(id: string, t: Messages): Promise<void> {
  await api.jobs.cancel(id).catch((error: unknown) => showError(error, t));
  void queryClient.invalidateQueries({ queryKey: keys.jobs });
}

/** Takes back what a job did; it is the same job that runs again, backwards. */
export async function undoJob(id: string, t: Messages): Promise<void> {
  try {
    await api.jobs.undo(id);
    undoing.add(id);
    queryClient.setQueryData<Job>(keys.job(id), (job) => job && { ...job, state: 'queued', undoable: false });
    follow(id);
    void queryClient.invalidateQueries({ queryKey: keys.jobs, exact: true });
  } catch (error) {
    showError(error, t);
  }
}

/** Shows a job's progress as a toast until it ends; leaving the page does not stop it. */
function follow(id: string): void {
  notifications.show({ id, message: <JobToast id={id} />, autoClose: false, withCloseButton: true });
}

/** Starts one action over many assets. Resolves when the server has taken it over. */
export async function runBulk(action: BulkAction, t: Messages): Promise<boolean> {
  try {
    follow((await api.assets.bulk(action)).jobId);
    // It is found in Activity from the first moment, not from its first progress.
    void queryClient.invalidateQueries({ queryKey: keys.jobs, exact: true });
    return true;
  } catch (error) {
    showError(error, t);
    return false;
  }
}

function toastTitle(job: Job, t: Messages): string {
  if (job.state === 'undone') return t.jobs.undone;
  if (isRunning(job) && undoing.has(job.id)) return t.jobs.undoing;
  if (job.state === 'failed') return t.jobs.failed;
  if (job.state === 'cancelled') return t.jobs.cancelled(job.done);
  return jobTitle(job, t);
}

function JobToast({ id }: { id: string }) {
  const t = useText();
  const { data: job } = useQuery({
    queryKey: keys.job(id),
    queryFn: ({ signal }) => api.jobs.get(id, signal),
    // The event stream is faster; this is for when it is down.
    refetchInterval: ({ state }) => (state.data && !isRunning(state.data) ? false : POLL_MS),
  });
  const over = job !== undefined && !isRunning(job);
  useEffect(() => {
    if (!over) return;
    refresh();
    const timer = setTimeout(() => notifications.hide(id), STAY_MS);
    return () => clearTimeout(timer);
  }, [over, id]);

  if (!job) return <span>{t.app.loading}</span>;
  return (
    <div aria-live="polite">
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <span>{toastTitle(job, t)}</span>
        {!over && !undoing.has(id) && (
          <Button size="compact-sm" variant="default" disabled={job.cancelRequested} onClick={() => void cancelJob(id, t)}>
            {t.jobs.cancel}
          </Button>
        )}
        {over && job.undoable && (
          <Button size="compact-sm" variant="light" onClick={() => void undoJob(id, t)}>
            {t.jobs.undo}
          </Button>
        )}
      </Group>
      {!over && <Progress mt={8} size="sm" value={job.total ? (100 * job.done) / job.total : 0} aria-label={jobTitle(job, t)} />}
      {job.failed > 0 && (
        <small>
          {t.jobs.failedItems(job.failed)}
          {job.items?.[0]?.reason ? `: ${job.items[0].reason}` : ''}
        </small>
      )}
    </div>
  );
}
