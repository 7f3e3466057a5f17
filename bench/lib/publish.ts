/** The API calls benches make of a running product. */

interface AssetAnswer {
  id: string;
  status: string;
  urls: { delivery: string };
}

export interface Published {
  readonly id: string;
  /** Canonical delivery URL. */
  readonly delivery: string;
}

/** A client that sends the key. */
export function apiOf(url: string, key: string): (path: string, init?: RequestInit) => Promise<Response> {
  return (path, init = {}) =>
    fetch(url + path, { ...init, headers: { Authorization: `Bearer ${key}`, ...(init.headers as Record<string, string> | undefined) } });
}

/** Uploads and publishes one file, and waits until it is ready. @throws when it is not within `withinMs` */
export async function publish(api: ReturnType<typeof apiOf>, name: string, data: Buffer, withinMs = 60_000): Promise<Published> {
  const json = async (response: Response): Promise<AssetAnswer> => {
    if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as AssetAnswer;
  };
  const form = new FormData();
  form.set('publish', 'true');
  form.set('file', new Blob([new Uint8Array(data)]), name);
  let asset = await json(await api('/api/v1/assets', { method: 'POST', body: form }));
  const until = Date.now() + withinMs;
  while (asset.status === 'processing' && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    asset = await json(await api(`/api/v1/assets/${asset.id}`));
  }
  if (asset.status !== 'ready') throw new Error(`${name} is ${asset.status}`);
  return { id: asset.id, delivery: asset.urls.delivery };
}
