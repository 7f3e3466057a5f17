import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Asset } from '../../api/types.ts';
import { pictureAddress } from '../detail/delivery-choice.ts';
import { fresh, measure, NotYet, WHILE_MADE } from '../detail/use-rendered.ts';
import { withTransformation } from './playground-url.ts';

/** What delivery made, and how it may be cached. */
export interface Result {
  readonly blob: Blob;
  /** px */
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  readonly mime: string;
  /** From asking to the last byte. */
  readonly ms: number;
  /** The address anybody may ask, not the one for this person alone. */
  readonly public: boolean;
  readonly headers: Readonly<Record<(typeof SHOWN)[number], string | null>>;
  /** Parameters delivery did not know. */
  readonly ignored: string | null;
}

const SHOWN = ['cache-control', 'vary', 'etag'] as const;

/** Delivery said no: its code and sentence (`ik-error`), and the parameter it means. */
export class Refusal extends Error {
  readonly status: number;
  /** `EPARAM`, `ELIMIT` …; empty when something else answered. */
  readonly code: string;
  readonly parameter: string | null;

  constructor(status: number, code: string, message: string, parameter: string | null) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.code = code;
    this.parameter = parameter;
  }
}

const DEBOUNCE_MS = 350;

async function refusalOf(response: Response): Promise<Refusal> {
  const [, code = '', message = ''] = /^(\w+) - (.*)$/.exec(response.headers.get('ik-error') ?? '') ?? [];
  const body = await response.json().catch(() => ({}));
  const { parameter, detail } = body as { parameter?: unknown; detail?: unknown };
  const said = typeof detail === 'string' ? detail : message;
  return new Refusal(response.status, code, said, typeof parameter === 'string' ? parameter : null);
}

/** As any browser with a picture asks: no cookies. Throws `Refusal` when nobody answered. */
async function ask(url: string, method: 'GET' | 'HEAD', signal: AbortSignal): Promise<Response> {
  const target = new URL(url, location.origin);
  // The public host may be another one than this page's; the same server answers here.
  return fetch(target.pathname + target.search, {
    method,
    credentials: 'omit',
    signal,
    headers: { accept: 'image/avif,image/webp,image/*,*/*' },
  }).catch((cause: unknown) => {
    if (signal.aborted) throw cause;
    throw new Refusal(0, '', '', null);
  });
}

/**
 * The picture from the person's own address, which counts as no delivery; how it may be cached from the public one, of which nothing but headers is asked.
 * Where only signed or named transformations are public, that one refuses, and the private one still shows what it would be.
 * @param open the public address; null = the asset is not public
 */
async function result(own: string, open: string | null, signal: AbortSignal): Promise<Result> {
  const began = performance.now();
  const response = await ask(own, 'GET', signal);
  if (response.status === 202) throw new NotYet(response);
  if (response.status !== 200) throw await refusalOf(response);
  const blob = await response.blob();
  const ms = performance.now() - began;
  // Without it the picture is there all the same.
  const headers = (cause: unknown) => {
    if (signal.aborted) throw cause;
    return null;
  };
  const everybody = open === null ? null : await ask(open, 'HEAD', signal).catch(headers);
  const shown = everybody?.status === 200 ? everybody : response;
  const [cacheControl, vary, etag] = SHOWN.map((name) => shown.headers.get(name));
  return {
    blob,
    ...(await measure(blob)),
    bytes: blob.size,
    mime: response.headers.get('content-type')?.split(';')[0] ?? blob.type,
    ms,
    public: shown === everybody,
    headers: { 'cache-control': cacheControl ?? null, vary: vary ?? null, etag: etag ?? null },
    ignored: response.headers.get('damson-ignored'),
  };
}

/** What delivery makes of an asset with a transformation, a moment after the last change. `current` = it is that of this text, not of an earlier one. */
export function useResult(asset: Asset, transformation: string) {
  const [settled] = useDebouncedValue(transformation, DEBOUNCE_MS);
  const { transform, delivery } = asset.urls;
  const open = asset.published.now;
  const query = useQuery({
    // The row version is in it: a marked focal point makes other pictures.
    queryKey: ['playground', asset.id, asset.version, asset.rowVersion, open, settled],
    enabled: transform !== null,
    staleTime: 60_000,
    gcTime: 60_000,
    placeholderData: keepPreviousData,
    ...WHILE_MADE,
    queryFn: ({ signal }): Promise<Result> => {
      const address = (url: string) => fresh(withTransformation(pictureAddress(asset, url), settled), asset.rowVersion);
      return result(address(transform ?? ''), open ? address(delivery) : null, signal);
    },
  });
  return { ...query, current: settled === transformation && !query.isPlaceholderData };
}
