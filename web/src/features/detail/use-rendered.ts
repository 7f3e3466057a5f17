import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { ApiError, problemOf } from '../../api/http.ts';

export interface Rendered {
  readonly blob: Blob;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  readonly mime: string;
}

const DEBOUNCE_MS = 350;

/** Size of a picture in px; 0 when it is none. */
export async function measure(blob: Blob): Promise<{ width: number; height: number }> {
  const src = URL.createObjectURL(blob);
  const image = new Image();
  image.src = src;
  await image.decode().catch(() => undefined);
  URL.revokeObjectURL(src);
  return { width: image.naturalWidth, height: image.naturalHeight };
}

/** An address for bytes in memory; given back with them, since it would keep them for as long as the page is open. */
export function useObjectUrl(blob: Blob | undefined): string | undefined {
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (!blob) return;
    const own = URL.createObjectURL(blob);
    setUrl(own);
    return () => {
      URL.revokeObjectURL(own);
      setUrl(undefined);
    };
  }, [blob]);
  return url;
}

/** An address the browser has kept nothing of: what a person marked or replaced shows at once. Delivery ignores what it does not know. */
export const fresh = (url: string, rowVersion: number): string => `${url}${url.includes('?') ? '&' : '?'}v=${rowVersion}`;

/** Delivery has yet to make it (202), and says when to ask again. */
export class NotYet extends Error {
  readonly afterMs: number;

  constructor({ headers }: Response) {
    super('not made yet');
    this.name = 'NotYet';
    this.afterMs = Math.min(60, Math.max(1, Number(headers.get('retry-after')) || 2)) * 1000;
  }
}

/** For queries that ask delivery: again while it is being made, and only then. */
export const WHILE_MADE = {
  retry: (_count: number, error: Error): boolean => error instanceof NotYet,
  retryDelay: (_count: number, error: Error): number => (error instanceof NotYet ? error.afterMs : 1000),
} as const;

/** Fetches a delivery address as any visitor would (no cookies) and says what came: size, bytes, type. */
export function useRendered(url: string, rowVersion: number, enabled: boolean) {
  const [settled] = useDebouncedValue(url, DEBOUNCE_MS);
  return useQuery({
    queryKey: ['rendered', settled, rowVersion],
    enabled,
    staleTime: 60_000,
    gcTime: 60_000,
    placeholderData: keepPreviousData,
    ...WHILE_MADE,
    queryFn: async ({ signal }): Promise<Rendered> => {
      const path = new URL(fresh(settled, rowVersion));
      // The public host may be another one than this page's; the same server answers here.
      const response = await fetch(path.pathname + path.search, {
        credentials: 'omit',
        signal,
        headers: { accept: 'image/avif,image/webp,image/*,*/*' },
      }).catch(() => {
        throw new ApiError(0, 'offline', 'offline', null);
      });
      if (response.status === 202) throw new NotYet(response);
      if (!response.ok) throw problemOf(response.status, await response.text());
      const blob = await response.blob();
      return { blob, ...(await measure(blob)), bytes: blob.size, mime: response.headers.get('content-type')?.split(';')[0] ?? blob.type };
    },
  });
}
