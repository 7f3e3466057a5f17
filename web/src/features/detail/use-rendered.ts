import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { ApiError, problemOf } from '../../api/http.ts';

export interface Rendered {
  readonly src: string;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  readonly mime: string;
}

const DEBOUNCE_MS = 350;

async function measure(blob: Blob): Promise<{ src: string; width: number; height: number }> {
  const src = URL.createObjectURL(blob);
  const image = new Image();
  image.src = src;
  await image.decode().catch(() => undefined);
  return { src, width: image.naturalWidth, height: image.naturalHeight };
}

/** Fetches a delivery address as any visitor would (no cookies) and says what came: size, bytes, type. */
export function useRendered(url: string, enabled: boolean) {
  const [settled] = useDebouncedValue(url, DEBOUNCE_MS);
  return useQuery({
    queryKey: ['rendered', settled],
    enabled,
    staleTime: 60_000,
    gcTime: 60_000,
    placeholderData: keepPreviousData,
    retry: false,
    queryFn: async ({ signal }): Promise<Rendered> => {
      const path = new URL(settled);
      // The public host may be another one than this page's; the same server answers here.
      const response = await fetch(path.pathname + path.search, {
        credentials: 'omit',
        signal,
        headers: { accept: 'image/avif,image/webp,image/*,*/*' },
      }).catch(() => {
        throw new ApiError(0, 'offline', 'offline', null);
      });
      if (!response.ok) throw problemOf(response.status, await response.text());
      const blob = await response.blob();
      return { ...(await measure(blob)), bytes: blob.size, mime: response.headers.get('content-type')?.split(';')[0] ?? blob.type };
    },
  });
}
