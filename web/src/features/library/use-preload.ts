import { useQueryClient } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { useCallback, useEffect, useRef } from 'react';
import { assetQuery } from '../../api/queries.ts';

/** A pointer that only passes by means nothing. */
const REST_MS = 120;

/** Loads what the detail page needs when the pointer rests on an asset. */
export function usePreload(): (id: string) => void {
  const client = useQueryClient();
  const router = useRouter();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return useCallback(
    (id) => {
      clearTimeout(timer.current);
      timer.current = setTimeout(() => {
        void client.prefetchQuery(assetQuery(id));
        void router.preloadRoute({ to: '/assets/$id', params: { id } });
      }, REST_MS);
    },
    [client, router],
  );
}
