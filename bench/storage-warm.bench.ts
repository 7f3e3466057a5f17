import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCachedStorage } from '../src/platform/storage/cached.ts';
import { createDiskStorage } from '../src/platform/storage/disk.ts';
import { keys } from '../src/platform/storage/keys.ts';
import { silentLog } from '../src/platform/log.ts';
import { createS3Storage } from '../src/platform/storage/s3.ts';
import type { Storage } from '../src/platform/storage/storage.ts';
import { median, type Rhythm } from './lib/alternate.ts';
import type { Result } from './lib/report.ts';

/** Whole objects of 47 kB read through the storage interface alone, 16 at a time: disk, S3, and S3 behind the disk cache, in turns.
 * What it means for delivery, where the rest of the answer counts too, is measured by `delivery-s3-*`. */

interface S3Script {
  start(options: { dir: string }): Promise<{ variables: Record<string, string> }>;
  stop(record: object): Promise<void>;
}

const OBJECTS = 200;
const BYTES = 47_000;
const PARALLEL = 16;
const key = (index: number) => keys.derived('bench', 'blob', `object${index}`, 'webp');

async function reads(storage: Storage, seconds: number): Promise<number> {
  const end = performance.now() + seconds * 1000;
  let done = 0;
  const worker = async (first: number) => {
    for (let index = first; performance.now() < end; index++) {
      const body = await storage.read(key(index % OBJECTS));
      let bytes = 0;
      for await (const chunk of (body?.stream ?? []) as AsyncIterable<Buffer>) bytes += chunk.length;
      if (bytes !== BYTES) throw new Error(`read ${bytes} of ${BYTES} bytes`);
      done++;
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: PARALLEL }, (_, index) => worker(index * 7)));
  return (done * 1000) / (performance.now() - began);
}

export async function bench(rhythm: Rhythm, quick: boolean): Promise<Result> {
  const script = (await import(new URL('../scripts/s3-server.mjs', import.meta.url).href)) as S3Script;
  const dir = await mkdtemp(join(tmpdir(), 'damson-bench-s3-'));
  const server = await script.start({ dir });
  const {
    S3_ENDPOINT: endpoint = '',
    S3_REGION: region = '',
    S3_BUCKET: bucket = '',
    S3_ACCESS_KEY_ID: accessKeyId = '',
  } = server.variables;
  const credentials = { accessKeyId, secretAccessKey: { reveal: () => server.variables['S3_SECRET_ACCESS_KEY'] ?? '' } };
  const options = { endpoint, region, bucket, credentials, forcePathStyle: true, timeoutMs: 10_000, cache: { dir: join(dir, 'cache') } };
  const s3 = await createS3Storage(options, { log: silentLog });
  const storages = {
    disk: await createDiskStorage({ dir: join(dir, 'disk') }),
    s3,
    cached: await createCachedStorage(s3, { dir: join(dir, 'cache'), bytes: 2 ** 28, log: silentLog }),
  };
  try {
    for (let index = 0; index < OBJECTS; index++) {
      const data = randomBytes(BYTES);
      for (const storage of [storages.disk, s3]) await storage.put(key(index), data);
    }
    const samples: Record<keyof typeof storages, number[]> = { disk: [], s3: [], cached: [] };
    for (let round = 0; round < rhythm.rounds; round++) {
      for (const name of ['disk', 's3', 'cached'] as const) {
        await reads(storages[name], rhythm.warmUp);
        samples[name].push(await reads(storages[name], rhythm.seconds));
      }
    }
    const row = (name: keyof typeof storages) => [name, median(samples[name]), median(samples[name]) / median(samples.disk)];
    return {
      name: 'storage-warm',
      title: 'Reading objects through the storage interface',
      method: `${OBJECTS} objects of ${BYTES} bytes, ${PARALLEL} readers in one process; baseline: disk; subjects: Versity Gateway on the same disk over loopback, and the same behind the disk cache.`,
      columns: ['storage', 'median objects/s', 'of disk'],
      rows: [row('disk'), row('s3'), row('cached')],
      versions: {},
      quick,
      data: samples,
      verdict: null,
    };
  } finally {
    await storages.cached.close();
    await storages.disk.close();
    await script.stop(server);
    await rm(dir, { recursive: true, force: true });
  }
}
