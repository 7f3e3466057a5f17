import { availableParallelism } from 'node:os';
import type { Container } from '../container.ts';
import { createDemoRepository, createDemoStudio } from '../container/demo.ts';
import { systemContext } from '../context.ts';
import { isError } from '../errors.ts';
import { DEMO_SOURCE, type DemoItem, plan } from '../modules/library/demo/index.ts';
import { progressBar } from './output.ts';
import { directSink } from './upload-direct.ts';
import type { Sink } from './upload-sink.ts';

export interface DemoResult {
  created: number;
  /** Were there already. */
  present: number;
  /** Could not be made for want of a tool. */
  skipped: number;
  failed: { name: string; reason: string }[];
  seconds: number;
}

/** One more than there are cores: while one file waits for disk and database the others are drawn. */
const MOST_AT_ONCE = 4;

/** Makes the files of the plan that are not there yet and puts each through the same protocol as an upload. */
export async function fillDemo(container: Container, { seed, count }: { seed: string; count: number }): Promise<DemoResult> {
  const started = performance.now();
  const ctx = systemContext(container.workspaceId, { requestId: 'cli' });
  const there = new Set((await createDemoRepository(container).made(ctx)).map(({ folder, name }) => `${folder}/${name}`));
  const items = plan(seed, count);
  const wanted = items.filter(({ folder, name }) => !there.has(`${folder}/${name}`));
  const result: DemoResult = { created: 0, present: items.length - wanted.length, skipped: 0, failed: [], seconds: 0 };
  const studio = createDemoStudio(container.config);
  const sink = directSink(container);
  const bar = progressBar(String);
  let done = 0;
  const one = async (item: DemoItem): Promise<void> => {
    try {
      const bytes = await studio(item);
      if (bytes === null) result.skipped += 1;
      else {
        await put(sink, item, bytes);
        result.created += 1;
      }
    } catch (error) {
      result.failed.push({ name: `${item.folder}/${item.name}`, reason: error instanceof Error ? error.message : String(error) });
    }
    done += 1;
    bar.show(done, wanted.length, item.name);
  };
  const rest = wanted.values();
  const worker = async (): Promise<void> => {
    for (const item of rest) await one(item);
  };
  await Promise.all(Array.from({ length: Math.min(MOST_AT_ONCE, availableParallelism() + 1) }, worker));
  bar.end();
  return { ...result, seconds: (performance.now() - started) / 1000 };
}

async function put(sink: Sink, item: DemoItem, bytes: Buffer): Promise<void> {
  const { folder, name } = item;
  const upload = await sink.create(
    { path: name, name, folder, bytes: bytes.length, modifiedMs: 0 },
    {
      folder,
      title: item.title,
      tags: item.tags.join(','),
      publish: String(item.publish),
      metadata: JSON.stringify({ source: DEMO_SOURCE, ...said(item) }),
    },
  );
  await sink.send(upload, 0, bytes);
  await sink.finish(upload);
}

/** What the file itself cannot hold is said by the uploader. */
function said(item: DemoItem): Record<string, string | string[] | null> {
  if (item.form.kind === 'raster') return {};
  return {
    description: item.description,
    alt: item.alt,
    licence: item.licence,
    copyright: item.copyright,
    creator: [item.creator],
    taken: item.taken,
  };
}

/** Moves everything the demo made, and nothing else, to the trash; folders go where nothing is left in them. */
export async function removeDemo(container: Container): Promise<{ assets: number; folders: number }> {
  const { assets, folders, workspaceId } = container;
  const ctx = systemContext(workspaceId, { requestId: 'cli' });
  const made = await createDemoRepository(container).made(ctx);
  const bar = progressBar(String);
  for (const [index, { id, name }] of made.entries()) {
    await assets.edit.trash(ctx, id);
    bar.show(index + 1, made.length, name);
  }
  bar.end();
  let gone = 0;
  for (const path of withParents(made.map(({ folder }) => folder))) {
    try {
      const { id } = await folders.service.resolve(ctx, path, 'delete');
      await folders.service.remove(ctx, id);
      gone += 1;
    } catch (error) {
      // Somebody's own files are in it, or it went before.
      if (!isError(error, 'folder_not_empty') && !isError(error, 'not_found')) throw error;
    }
  }
  return { assets: made.length, folders: gone };
}

/** The folders and those above them, deepest first, without the root. */
function withParents(paths: readonly string[]): string[] {
  const all = new Set<string>();
  for (const path of paths) for (let at = path; at.length > 1; at = at.slice(0, at.lastIndexOf('/'))) all.add(at);
  return [...all].sort((a, b) => b.split('/').length - a.split('/').length);
}
