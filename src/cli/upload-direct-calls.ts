import { fetch, type Response } from 'undici';
import { expect } from './upload-answer.ts';
import type { LocalFile } from './upload-files.ts';
import { retried, TryAgain } from './upload-sink.ts';

/** What a server is asked for an upload straight to its store. */

const TIMEOUT_MS = 5 * 60_000;
/** The server reads the whole object before it answers: this much per second at the least, and ten minutes more. */
const READ_PER_SECOND = 5e6;
const PATIENCE_MS = 10 * 60_000;
/** No such route, or none for this store: files are sent through the server then, which also tells what else is wrong. */
const NOT_OFFERED = new Set([404, 405]);

export interface Server {
  readonly origin: string;
  readonly key: string;
}

export interface Part {
  readonly number: number;
  readonly url: string;
  readonly bytes: number;
  /** Set when the store has it. */
  readonly etag: string | null;
}

export interface DirectState {
  readonly id: string;
  readonly partBytes: number;
  readonly parts: readonly Part[];
  readonly next: number | null;
}

export class DirectCalls {
  readonly #server: Server;

  constructor(server: Server) {
    this.#server = server;
  }

  /** Null = not offered. */
  async open(file: LocalFile, metadata: Record<string, string>): Promise<DirectState | null> {
    const { tags = '', publish, onDuplicate } = metadata;
    const response = await this.#call('POST', '', {
      name: file.name,
      folder: file.folder,
      bytes: file.bytes,
      tags: tags
        .split(',')
        .map((tag) => tag.trim())
        .filter((tag) => tag !== ''),
      publish: publish === 'true',
      ...(onDuplicate === undefined ? {} : { onDuplicate }),
    });
    if (NOT_OFFERED.has(response.status)) return null;
    if (response.status === 422 && codeOf(await response.clone().text()) === 'direct_upload_unavailable') return null;
    return JSON.parse(await expect(response, [201])) as DirectState;
  }

  /** Where it stands, from a part on; null = it is no more. */
  async state(id: string, from: number): Promise<DirectState | null> {
    const response = await this.#call('GET', `/${id}/parts?from=${from}`);
    if (response.status === 404 || response.status === 410) return null;
    // Its parts have been joined, perhaps just before a crash: there is nothing to send, only to complete.
    if (response.status === 409) return { id, partBytes: 0, parts: [], next: null };
    return JSON.parse(await expect(response, [200])) as DirectState;
  }

  /** The asset. Asks again while the server is still reading, also when a proxy in between had no patience. */
  async complete(id: string, sent: { parts: { number: number; etag: string }[]; sha256: string }, bytes: number): Promise<string> {
    const until = Date.now() + PATIENCE_MS + (bytes / READ_PER_SECOND) * 1000;
    for (;;) {
      const response = await retried(async () => {
        const answer = await this.#call('POST', `/${id}/complete`, sent);
        if (answer.status >= 500) await expect(answer, []);
        return answer;
      });
      if (response.status !== 423 || Date.now() > until) {
        const asset = JSON.parse(await expect(response, [201])) as { id: string };
        return asset.id;
      }
      await response.text();
      const seconds = Number(response.headers.get('retry-after')) || 4;
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    }
  }

  /** Best effort: what is left ends by itself. */
  async abort(id: string): Promise<void> {
    await this.#call('DELETE', `/${id}`)
      .then((response) => response.text())
      .catch(() => undefined);
  }

  async #call(method: string, path: string, body?: unknown): Promise<Response> {
    const { origin, key } = this.#server;
    return fetch(`${origin}/api/v1/uploads/direct${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch((error: unknown) => {
      throw new TryAgain(`the server at ${origin} does not answer`, { cause: error });
    });
  }
}

function codeOf(text: string): string | null {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string' ? body.code : null;
  } catch {
    return null;
  }
}
