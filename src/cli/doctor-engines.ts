import type { Adapters } from '../container/adapters.ts';
import { asked, declared, engineFinding, type Finding, LOW_DISK_BYTES, message, ok, warn } from './doctor-finding.ts';
import { size } from './output.ts';

/** How long a part that connects in the background may take to be there. */
const CONNECT_MS = 3000;
const AGAIN_MS = 100;

/** Storage, search, queue and tools: engine, version, latency, features of each. */
export async function engines(adapters: Adapters, pending: readonly string[]): Promise<Finding[]> {
  const parts = [storage(adapters), search(adapters, pending), queue(adapters, pending)];
  return [...(await Promise.all(parts)), ...(await tools(adapters))];
}

function storage({ storage: store }: Adapters): Promise<Finding> {
  return asked('storage', async () => {
    const { engine, latencyMs, freeBytes } = await store.describe();
    const problems = freeBytes !== null && freeBytes < LOW_DISK_BYTES ? ['little space is left'] : [];
    const free = freeBytes === null ? '' : `; ${size(freeBytes)} free`;
    return engineFinding('storage', { engine, latencyMs, features: declared(store.features), problems }, free);
  });
}

function search({ searchEngine }: Adapters, pending: readonly string[]): Promise<Finding> {
  if (pending.length > 0) return Promise.resolve(warn('search', 'looked at once the schema is up to date'));
  // Browsing and delivery go on without it.
  return asked(
    'search',
    async () => {
      const { engine, version, latencyMs } = await searchEngine.describe();
      const features = declared(searchEngine.features);
      return engineFinding('search', { engine: `${engine} ${version}`, latencyMs, features, problems: [] });
    },
    warn,
  );
}

async function queue({ runner }: Adapters, pending: readonly string[]): Promise<Finding> {
  if (pending.length > 0) return warn('queue', 'looked at once the schema is up to date');
  return asked('queue', async () => {
    const found = await patiently(() => runner.describe()).catch((error: unknown) => ({ failed: message(error) }));
    const { queues, outboxPending, outboxOldestMs } = await runner.stats();
    // Uploads are taken without it; their work waits in the outbox.
    if ('failed' in found) return warn('queue', `${found.failed}; ${outboxPending} jobs wait in the outbox`);
    const late = outboxOldestMs > 60_000 ? [`the oldest job waits for ${Math.round(outboxOldestMs / 1000)} s: is a worker running?`] : [];
    const counts = queues.map((q) => `${q.queue} ${q.waiting + q.delayed} waiting ${q.failed} failed`);
    return engineFinding(
      'queue',
      { ...found, engine: `${found.engine} ${found.version}`, problems: [...found.problems, ...late] },
      `; ${[...counts, `outbox ${outboxPending}`].join(', ')}`,
    );
  });
}

async function tools({ media }: Adapters): Promise<Finding[]> {
  const { ffmpeg, exiftool, sandbox, sharp } = await media.tools();
  const video = `ffmpeg ${ffmpeg.version ?? ''}`.trim();
  return [
    !ffmpeg.available
      ? warn('video', 'no ffmpeg: videos and audio are stored without previews; install ffmpeg 5.1 or newer, or set FFMPEG_PATH')
      : ffmpeg.bundled
        ? warn('video', `${video}, the bundled old build: for trying out only; install ffmpeg 5.1 or newer`)
        : ok('video', video),
    exiftool.available
      ? ok('metadata', `ExifTool ${exiftool.version ?? ''}`.trim())
      : warn('metadata', 'no perl: metadata inside files is not read; install perl'),
    sandbox.mode === 'namespaces' ? ok('sandbox', sandbox.detail) : warn('sandbox', `${sandbox.mode}: ${sandbox.detail}`),
    ok('images', `sharp ${sharp.version}, libvips ${sharp.libvips}: ${sharp.formats.join(' ')}`),
  ];
}

/** Asks until there is an answer, or time is up: then with the last failure. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (const end = Date.now() + CONNECT_MS; ; ) {
    try {
      return await ask();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}
