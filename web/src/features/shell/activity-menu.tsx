import { ActionIcon, Button, Indicator, Popover, Progress } from '@mantine/core';
import { IconActivity } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/api.ts';
import { keys } from '../../api/query-client.ts';
import type { Job } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { formatDateTime, formatRelative } from '../../ui/format.ts';
import { useStore } from '../../ui/store.ts';
import { cancelJob, undoJob } from '../jobs/run-bulk.tsx';
import { isRunning, jobTitle } from '../jobs/job-title.ts';
import { uploads } from '../upload/uploads.ts';
import classes from './activity-menu.module.css';

/** Work that goes on when its page is left is found again here. */
export function ActivityMenu() {
  const t = useText();
  const [open, setOpen] = useState(false);
  const jobs = useQuery({ queryKey: keys.jobs, queryFn: ({ signal }) => api.jobs.list(signal), staleTime: 10_000 });
  const sending = useStore(uploads.rows, (rows) => rows.filter((row) => row.state === 'uploading' || row.state === 'waiting').length);
  const running = (jobs.data?.items ?? []).filter(isRunning).length;
  const busy = running + sending;
  return (
    <Popover opened={open} onChange={setOpen} onOpen={() => void jobs.refetch()} position="bottom-end" width={360} trapFocus>
      <Indicator disabled={busy === 0} label={busy} size={16} offset={5} color="plum">
        <Popover.Target>
          <ActionIcon size="lg" aria-label={t.jobs.open} onClick={() => setOpen(!open)}>
            <IconActivity size={20} stroke={1.6} aria-hidden />
          </ActionIcon>
        </Popover.Target>
      </Indicator>
      <Popover.Dropdown p={0}>
        <h2 className={classes.title}>{t.jobs.title}</h2>
        {sending > 0 && <p className={classes.uploads}>{t.upload.left(sending)}</p>}
        {jobs.data && jobs.data.items.length === 0 && sending === 0 && <p className={classes.empty}>{t.jobs.empty}</p>}
        <ul className={classes.list}>
          {(jobs.data?.items ?? []).slice(0, 20).map((job) => (
            <JobRow key={job.id} job={job} />
          ))}
        </ul>
      </Popover.Dropdown>
    </Popover>
  );
}

function JobRow({ job }: { job: Job }) {
  const t = useText();
  const share = job.total ? (100 * job.done) / job.total : 0;
  return (
    <li className={classes.row}>
      <div className={classes.text}>
        <span className={classes.name}>{jobTitle(job, t)}</span>
        <span className={classes.state} title={formatDateTime(job.createdAt)}>
          {isRunning(job) && job.total ? t.jobs.progress(job.done, job.total) : t.jobs.state[job.state]}
          {job.failed > 0 && ` · ${t.jobs.failedItems(job.failed)}`} · {formatRelative(job.createdAt)}
        </span>
        {isRunning(job) && <Progress value={share} size="xs" mt={6} aria-label={jobTitle(job, t)} />}
      </div>
      {isRunning(job) && !job.cancelRequested && (
        <Button size="compact-xs" variant="default" onClick={() => void cancelJob(job.id, t)}>
          {t.jobs.cancel}
        </Button>
      )}
      {job.undoable && (
        <Button size="compact-xs" variant="default" onClick={() => void undoJob(job.id, t)}>
          {t.jobs.undo}
        </Button>
      )}
    </li>
  );
}
