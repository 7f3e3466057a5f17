import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { keys } from '../../api/query-client.ts';
import type { Job } from '../../api/types.ts';
import { createStore } from '../../ui/store.ts';
import { refreshAssets } from '../library/refresh-assets.ts';

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

function applyJob(client: QueryClient, data: Record<string, unknown>): void {
  if (typeof data.id !== 'string') return;
  client.setQueryData<Job>(keys.job(data.id), (job) => job && { ...job, ...(data as Partial<Job>) });
  if (data.state !== 'running') void client.invalidateQueries({ queryKey: keys.jobs });
}

/** Follows the server's event stream and keeps what is shown up to date. Reconnecting is the browser's part. */
export function useLiveUpdates(): void {
  const client = useQueryClient();
  useEffect(() => {
    const source = new EventSource('/api/v1/stream');
    const changed = new Map<string, boolean>();
    let collecting: ReturnType<typeof setTimeout> | undefined;
    let losing: ReturnType<typeof setTimeout> | undefined;
    let wasLost = false;

    for (const name of CHANGED) {
      source.addEventListener(name, (event: MessageEvent<string>) => {
        const { id } = parse(event);
        if (typeof id !== 'string') return;
        const moves = name === 'asset.created' || name === 'asset.deleted';
        changed.set(id, (changed.get(id) ?? false) || moves);
        collecting ??= setTimeout(() => {
          collecting = undefined;
          const batch = new Map(changed);
          changed.clear();
          void refreshAssets(client, batch);
        }, COLLECT_MS);
      });
    }
    source.addEventListener('job.progressed', (event: MessageEvent<string>) => applyJob(client, parse(event)));
    source.addEventListener('folder.changed', () => void client.invalidateQueries({ queryKey: keys.folders }));
    source.addEventListener('live.resync', () => void client.invalidateQueries());
    source.onopen = () => {
      clearTimeout(losing);
      losing = undefined;
      connection.set('open');
      // Events of the gap are lost: read again what is shown.
      if (wasLost) void client.invalidateQueries();
      wasLost = false;
    };
    source.onerror = () => {
      wasLost = true;
      losing ??= setTimeout(() => connection.set('lost'), GRACE_MS);
    };
    return () => {
      source.close();
      clearTimeout(collecting);
      clearTimeout(losing);
    };
  }, [client]);
}
