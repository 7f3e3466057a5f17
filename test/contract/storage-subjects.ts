import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../../src/platform/log.ts';
import { createCachedStorage } from '../../src/platform/storage/cached.ts';
import { createDiskStorage } from '../../src/platform/storage/disk.ts';
import { makeBucket, type TestBucket } from '../support/s3.ts';
import { type Faults, startFaults } from '../support/s3-faults.ts';
import type { Subject } from './storage.suite.ts';

/** Storages to test, each with nothing in it and a way to take it away. */

export async function makeDisk(): Promise<Subject & { dir: string }> {
  const base = await mkdtemp(join(tmpdir(), 'damson-storage-'));
  const dir = join(base, 'objects');
  return {
    dir,
    again: () => createDiskStorage({ dir }),
    outage: async () => {
      await rename(dir, `${dir}.away`);
      await mkdir(dir); // the empty mount point of a disk that is not there
      return async () => {
        await rm(dir, { recursive: true });
        await rename(`${dir}.away`, dir);
      };
    },
    remove: () => rm(base, { recursive: true, force: true }),
  };
}

export async function makeS3(): Promise<Subject & { bucket: TestBucket; faults: Faults }> {
  const bucket = await makeBucket();
  const faults = await startFaults(bucket.options.endpoint ?? '');
  return {
    bucket,
    faults,
    again: () => bucket.open({ endpoint: faults.endpoint }),
    outage: async () => {
      await faults.refuse();
      return () => faults.heal();
    },
    remove: async () => {
      await faults.close();
      await bucket.remove();
    },
  };
}

/** A storage behind a cache that begins empty with each instance. */
export async function cached(inner: Subject): Promise<Subject> {
  const base = await mkdtemp(join(tmpdir(), 'damson-cache-'));
  let instances = 0;
  return {
    again: async () =>
      createCachedStorage(await inner.again(), { dir: join(base, String(instances++)), bytes: 64 * 2 ** 20, log: silentLog }),
    outage: () => inner.outage(),
    remove: async () => {
      await inner.remove();
      await rm(base, { recursive: true, force: true });
    },
  };
}
