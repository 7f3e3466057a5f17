import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { keys } from '../../api/query-client.ts';
import type { Job } from '../../api/types.ts';
import { createStore } from '../../ui/store.ts';
import { refreshAssets } from '../library/refresh-assets.ts';
import { followStream } from './live-stream.ts';

/** `lost`: the event stream has been down for some seconds. */
export const connection = createStore<'open' | 'lost'>('open');

const CHANGED = ['asset.created', 'asset.updated', 'asset.ready', 'asset.failed', 'asset.deleted'] as const;
const GRACE_MS = 4000;
const COLLECT_MS = 250;

const parse = (event: MessageEvent<string>): Record<string, unknown> => {
  try {
    return JSON.parse(event.data) as Record<string, unknown>;
  } catch {
    return {};
  }
};

/** Progress goes straight into what is shown; a job nobody knew, and one that has ended, is read again. */
function applyJob(client: QueryClient, data: Record<string, unknown>): void {
  const { id } = data;
  if (typeof id !== 'string') return;
  const news = data as Partial<Job>;
  let known = false;
  client.setQueryData<Job>(keys.job(id), (job) => job && { ...job, ...news });
  client.setQueryData<{ items: Job[] }>(keys.jobs, (list) => {
    known = list?.items.some((job) => job.id === id) ?? false;
    return list && { ...list, items: list.items.map((job) => (job.id === id ? { ...job, ...news } : job)) };
  });
  if (!known || data.state !== 'running') void client.invalidateQueries({ queryKey: keys.jobs, exact: true });
  // Whether it can be undone is not part of the event.
  if (data.state !== 'running') void client.invalidateQueries({ queryKey: keys.job(id) });
}

/** Keeps what is shown up to date with the server's events. */
export function useLiveUpdates(): void {
  const client = useQueryClient();
  useEffect(() => {
    const changed = new Map<string, boolean>();
    let collecting: ReturnType<typeof setTimeout> | undefined;
    let losing: ReturnType<typeof setTimeout> | undefined;
    let wasLost = false;

    const collect = (moves: boolean) => (event: MessageEvent<string>) => {
      const { id } = parse(event);
      if (typeof id !== 'string') return;
      changed.set(id, (changed.get(id) ?? false) || moves);
      collecting ??= setTimeout(() => {
        collecting = undefined;
        const batch = new Map(changed);
        changed.clear();
        void refreshAssets(client, batch);
      }, COLLECT_MS);
    };
    const stop = followStream({
      on: {
        ...Object.fromEntries(CHANGED.map((name) => [name, collect(name === 'asset.created' || name === 'asset.deleted')])),
        'job.progressed': (event) => applyJob(client, parse(event)),
        'folder.changed': () => {
          for (const queryKey of [keys.folders, keys.accessOfFolders]) void client.invalidateQueries({ queryKey });
        },
        'live.resync': () => void client.invalidateQueries(),
      },
      onOpen: () => {
        clearTimeout(losing);
        losing = undefined;
        connection.set('open');
        // Events of the gap are lost: read again what is shown.
        if (wasLost) void client.invalidateQueries();
        wasLost = false;
      },
      onLost: () => {
        wasLost = true;
        losing ??= setTimeout(() => connection.set('lost'), GRACE_MS);
      },
    });
    return () => {
      stop();
      clearTimeout(collecting);
      clearTimeout(losing);
      connection.set('open');
    };
  }, [client]);
}
