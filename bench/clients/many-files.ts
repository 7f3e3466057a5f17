import { readFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { serveChild } from '../lib/child.ts';
import { multipartAround, put, send } from './http.ts';

/**
 * Uploads files, each in a request of its own, so many at a time, and waits until all are ready. Asked `{url, key, files, atOnce}` it
 * answers `{ms, uploadedMs}`: from the first request until the last file was ready, and until the last was acknowledged.
 */

interface Question {
  readonly url: string;
  readonly key: string;
  readonly files: readonly string[];
  readonly atOnce: number;
}

const authorization = (key: string) => ({ Authorization: `Bearer ${key}` });

async function upload({ url, key }: Question, file: string): Promise<string> {
  const data = await readFile(file);
  const { head, tail, contentType } = multipartAround(basename(file), 'image/jpeg');
  const length = head.length + data.length + tail.length;
  const headers = { ...authorization(key), 'Content-Type': contentType, 'Content-Length': length };
  const answer = await send(`${url}/api/v1/assets`, 'POST', headers, async (req) => {
    await put(req, head);
    await put(req, data);
    await put(req, tail);
  });
  return (JSON.parse(answer.body) as { id: string }).id;
}

/** Ids of assets that left `processing`, as the server tells them: asking for each would be load of our own. */
async function listen({ url, key }: Question): Promise<{ settled: Map<string, string>; close(): void }> {
  const settled = new Map<string, string>();
  const res = await new Promise<IncomingMessage>((resolve, reject) => {
    get(`${url}/api/v1/stream`, { headers: authorization(key) }, resolve).on('error', reject);
  });
  if (res.statusCode !== 200) throw new Error(`the stream answered ${res.statusCode}`);
  let event = '';
  await new Promise<void>((ready) => {
    createInterface({ input: res }).on('line', (line) => {
      if (line.startsWith('event: ')) event = line.slice('event: '.length);
      if (!line.startsWith('data: ')) return;
      if (event === 'live.ready') ready();
      else if (event === 'asset.ready' || event === 'asset.failed') {
        const { id } = JSON.parse(line.slice('data: '.length)) as { id?: string };
        if (id !== undefined) settled.set(id, event);
      }
    });
  });
  return { settled, close: () => res.destroy() };
}

async function statusOf({ url, key }: Question, id: string): Promise<string> {
  const answer = await send(`${url}/api/v1/assets/${id}`, 'GET', authorization(key));
  return (JSON.parse(answer.body) as { status: string }).status;
}

/** By the stream; once in a while one is asked for, since a stream may lose an event. */
async function untilSettled(question: Question, ids: readonly string[], settled: Map<string, string>): Promise<void> {
  const until = Date.now() + 20 * 60_000;
  for (let looks = 1; ; looks++) {
    const missing = ids.find((id) => !settled.has(id));
    if (missing === undefined) return;
    if (Date.now() > until) throw new Error(`asset ${missing} did not become ready`);
    if (looks % 50 === 0 && (await statusOf(question, missing)) !== 'processing') settled.set(missing, 'asset.ready');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

serveChild(
  {},
  async (asked) => {
    const question = asked as Question;
    const { settled, close } = await listen(question);
    const rest = [...question.files];
    const ids: string[] = [];
    const begin = performance.now();
    const worker = async () => {
      for (let file = rest.shift(); file !== undefined; file = rest.shift()) ids.push(await upload(question, file));
    };
    await Promise.all(Array.from({ length: question.atOnce }, worker));
    const uploadedMs = performance.now() - begin;
    await untilSettled(question, ids, settled);
    const ms = performance.now() - begin;
    close();
    const bad = ids.filter((id) => settled.get(id) !== 'asset.ready');
    if (bad.length > 0) throw new Error(`${bad.length} files were not taken in, e.g. ${bad[0]}`);
    for (const id of [ids[0], ids.at(-1)]) {
      const status = id === undefined ? 'absent' : await statusOf(question, id);
      if (status !== 'ready') throw new Error(`${id} is ${status}`);
    }
    return { ms, uploadedMs };
  },
  async () => undefined,
);
