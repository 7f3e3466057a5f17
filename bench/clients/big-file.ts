import type { ClientRequest } from 'node:http';
import { serveChild } from '../lib/child.ts';
import { multipartAround, put, send } from './http.ts';

/**
 * Sends one big file of seeded bytes, never held in memory. Asked `{way, url, key, bytes, seed, patch?}` it answers `{ms}`: `raw` is a
 * PUT of the bytes, `multipart` and `tus` are Damson's. `patch` is how many bytes a tus PATCH carries (all by default).
 */

interface Question {
  readonly way: 'raw' | 'multipart' | 'tus';
  readonly url: string;
  readonly key: string;
  readonly bytes: number;
  readonly seed: number;
  readonly patch?: number;
}

const BLOCK = 2 ** 20;

/** A block no compressor or deduplication makes shorter (xorshift32). */
function randomBlock(seed: number): Buffer {
  const words = new Uint32Array(BLOCK / 4);
  let state = (Math.imul(seed + 1, 2_654_435_761) ^ 0x9e3779b9) >>> 0 || 1;
  for (let at = 0; at < words.length; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[at] = state >>> 0;
  }
  return Buffer.from(words.buffer);
}

const blocks = Array.from({ length: 16 }, (_, at) => randomBlock(at));

/** Bytes `from` to `to` of the file of this seed: its first block is its own, so that no two files are equal. */
async function write(req: ClientRequest, first: Buffer, from: number, to: number): Promise<void> {
  for (let at = from; at < to; ) {
    const number = Math.floor(at / BLOCK);
    const within = at % BLOCK;
    const length = Math.min(BLOCK - within, to - at);
    const block = number === 0 ? first : (blocks[number % blocks.length] ?? first);
    await put(req, block.subarray(within, within + length));
    at += length;
  }
}

async function multipart({ url, key, bytes }: Question, first: Buffer): Promise<void> {
  const { head, tail, contentType } = multipartAround('big.bin', 'application/octet-stream');
  const headers = {
    Authorization: `Bearer ${key}`,
    'Content-Type': contentType,
    'Content-Length': head.length + bytes + tail.length,
  };
  await send(`${url}/api/v1/assets`, 'POST', headers, async (req) => {
    await put(req, head);
    await write(req, first, 0, bytes);
    await put(req, tail);
  });
}

async function tus({ url, key, bytes, patch = bytes }: Question, first: Buffer): Promise<void> {
  const headers = { Authorization: `Bearer ${key}`, 'Tus-Resumable': '1.0.0' };
  const name = Buffer.from('big.bin').toString('base64');
  const opened = await send(`${url}/api/v1/uploads`, 'POST', {
    ...headers,
    'Upload-Length': bytes,
    'Upload-Metadata': `filename ${name}`,
    'Content-Length': 0,
  });
  const at = new URL(opened.headers.location ?? '', url).href;
  for (let offset = 0; offset < bytes; offset += patch) {
    const end = Math.min(bytes, offset + patch);
    await send(
      at,
      'PATCH',
      { ...headers, 'Upload-Offset': offset, 'Content-Type': 'application/offset+octet-stream', 'Content-Length': end - offset },
      (req) => write(req, first, offset, end),
    );
  }
}

serveChild(
  {},
  async (question) => {
    const asked = question as Question;
    const first = randomBlock(1000 + asked.seed);
    const begin = performance.now();
    if (asked.way === 'raw') {
      await send(asked.url, 'PUT', { 'Content-Length': asked.bytes }, (req) => write(req, first, 0, asked.bytes));
    } else if (asked.way === 'multipart') await multipart(asked, first);
    else await tus(asked, first);
    return { ms: performance.now() - begin };
  },
  async () => undefined,
);
