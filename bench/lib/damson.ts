import { type Child, startChild } from './child.ts';
import { nodeFlags } from './node-flags.ts';

/** A running Damson to measure, and the few calls benches need of it. */
export interface Damson {
  readonly url: string;
  readonly child: Child<{ url: string; key: string }>;
  api(path: string, init?: RequestInit): Promise<Response>;
  /** Uploads and publishes one file, and waits until it is ready. */
  publish(name: string, data: Buffer, withinMs?: number): Promise<{ id: string; delivery: string }>;
  close(): Promise<void>;
}

interface AssetAnswer {
  id: string;
  status: string;
  urls: { delivery: string };
}

export async function startDamson(): Promise<Damson> {
  const child = await startChild<{ url: string; key: string }>('subjects/damson.ts', [], nodeFlags());
  const { url, key } = child.ready;
  const api = (path: string, init: RequestInit = {}) =>
    fetch(url + path, { ...init, headers: { Authorization: `Bearer ${key}`, ...(init.headers as Record<string, string> | undefined) } });
  const json = async (response: Response): Promise<AssetAnswer> => {
    if (!response.ok) throw new Error(`${response.url} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as AssetAnswer;
  };
  return {
    url,
    child,
    api,
    async publish(name, data, withinMs = 60_000) {
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
    },
    close: () => child.close(),
  };
}
