import { type Child, startChild } from './child.ts';
import { nodeFlags } from './node-flags.ts';
import { apiOf, publish, type Published } from './publish.ts';

/** A running Damson to measure, and the few calls benches need of it. */
export interface Damson {
  readonly url: string;
  readonly child: Child<{ url: string; key: string }>;
  api(path: string, init?: RequestInit): Promise<Response>;
  /** Uploads and publishes one file, and waits until it is ready. */
  publish(name: string, data: Buffer, withinMs?: number): Promise<Published>;
  close(): Promise<void>;
}

export async function startDamson(): Promise<Damson> {
  const child = await startChild<{ url: string; key: string }>('subjects/damson.ts', [], nodeFlags());
  const { url, key } = child.ready;
  const api = apiOf(url, key);
  return {
    url,
    child,
    api,
    publish: (name, data, withinMs) => publish(api, name, data, withinMs),
    close: () => child.close(),
  };
}
