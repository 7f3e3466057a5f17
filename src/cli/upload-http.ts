import { fetch, type RequestInit, type Response } from 'undici';
import { expect } from './upload-answer.ts';
import { type Sink, TryAgain } from './upload-sink.ts';
import { sendToStore } from './upload-to-store.ts';

const TIMEOUT_MS = 5 * 60_000;

/** Files above this go straight to the store, where the server offers that. */
const DIRECT_FROM = 64 * 2 ** 20;

/**
 * A server's tus endpoint (tus 1.0: creation, and the core's HEAD and PATCH), and its store for what is larger than `directFrom` bytes.
 */
export function httpSink(origin: string, key: string, { directFrom = DIRECT_FROM }: { directFrom?: number } = {}): Sink {
  /** The asset's id comes with the last byte; remembered until `finish` asks. */
  const assets = new Map<string, string>();
  const call = async (url: string, init: RequestInit & { headers: Record<string, string> }): Promise<Response> => {
    const headers = { authorization: `Bearer ${key}`, 'tus-resumable': '1.0.0', ...init.headers };
    const response = await fetch(url, { ...init, headers, signal: AbortSignal.timeout(TIMEOUT_MS) }).catch((error: unknown) => {
      throw new TryAgain(`the server at ${origin} does not answer`, { cause: error });
    });
    remember(assets, url, response);
    return response;
  };
  return {
    place: origin,
    direct: (job) => (job.file.bytes > directFrom ? sendToStore({ origin, key }, job) : Promise.resolve(null)),
    async create(file, metadata) {
      const response = await call(`${origin}/api/v1/uploads`, {
        method: 'POST',
        headers: { 'upload-length': String(file.bytes), 'upload-metadata': encode({ filename: file.name, ...metadata }) },
      });
      await expect(response, [201]);
      const location = response.headers.get('location');
      if (location === null) throw new Error('the server gave no place for the upload');
      const url = new URL(location, origin);
      // Wherever it says it is, the key goes to the server that was named and to no other.
      if (url.origin !== origin) url.host = new URL(origin).host;
      url.protocol = new URL(origin).protocol;
      remember(assets, url.href, response);
      return url.href;
    },
    async offset(upload) {
      const response = await call(upload, { method: 'HEAD', headers: {} });
      if (response.status === 404 || response.status === 410) return null;
      await expect(response, [200, 204]);
      return Number(response.headers.get('upload-offset'));
    },
    async send(upload, offset, piece) {
      const response = await call(upload, {
        method: 'PATCH',
        headers: { 'content-type': 'application/offset+octet-stream', 'upload-offset': String(offset) },
        body: piece,
      });
      await expect(response, [200, 204]);
      return Number(response.headers.get('upload-offset'));
    },
    async finish(upload) {
      const known = assets.get(upload);
      if (known !== undefined) return known;
      // Its last byte arrived earlier, perhaps just before a crash: an empty piece at the end finishes it.
      const offset = await this.offset(upload);
      if (offset !== null && !assets.has(upload)) await this.send(upload, offset, Buffer.alloc(0)).catch(() => 0);
      const id = assets.get(upload);
      if (id === undefined) throw new TryAgain('the server has not finished the upload');
      return id;
    },
  };
}

function remember(assets: Map<string, string>, upload: string, response: Response): void {
  const id = response.headers.get('damson-asset-id');
  if (id !== null) assets.set(upload, id);
}

/** tus' `Upload-Metadata`: keys with their values in base64. */
function encode(metadata: Record<string, string>): string {
  return Object.entries(metadata)
    .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
    .join(',');
}
