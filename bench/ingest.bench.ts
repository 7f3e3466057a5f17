import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { alternate, type Rhythm } from './lib/alternate.ts';
import { startChild } from './lib/child.ts';
import { ingestPhotos, totalBytes, WARM_UP } from './lib/photo-set.ts';
import { compared, type Result } from './lib/report.ts';
import { startServer } from './lib/server.ts';

/** Photographs from the first upload until all are ready, against a script that hashes, stores and makes the same renditions. */

const AT_ONCE = 4;

export async function bench({ rounds }: Rhythm, quick: boolean): Promise<Result> {
  const { count, files, warm } = await ingestPhotos(quick);
  const cores = availableParallelism();
  const folder = await mkdtemp(join(tmpdir(), 'damson-bench-'));
  const plain = await startChild<object>('baselines/ingest-sharp.ts', [folder, String(cores)]);
  const client = await startChild<object>('clients/many-files.ts');
  const uploaded: number[] = [];
  try {
    const baseline = async () => {
      await plain.ask({ files: warm });
      return count / ((await plain.ask<{ ms: number }>({ files })).ms / 1000);
    };
    // A server of its own each time: the second upload of a file would find its bytes stored.
    const subject = async () => {
      const server = await startServer();
      try {
        const ask = (given: readonly string[]) =>
          client.ask<{ ms: number; uploadedMs: number }>({ url: server.url, key: server.key, files: given, atOnce: AT_ONCE });
        await ask(warm);
        const { ms, uploadedMs } = await ask(files);
        uploaded.push(count / (uploadedMs / 1000));
        return count / (ms / 1000);
      } finally {
        await server.close();
      }
    };
    const once = (turn: () => Promise<number>) => (seconds: number) => (seconds === 0 ? Promise.resolve(0) : turn());
    const comparison = await alternate(once(baseline), once(subject), { rounds: Math.min(rounds, quick ? 1 : 3), seconds: 1, warmUp: 0 });
    const megabytes = ((await totalBytes(files)) / 1e6).toFixed(0);
    const method =
      `${count} JPEGs with EXIF, ${megabytes} MB, one in twenty over 12 megapixels; timed from the first upload until all are ready (${AT_ONCE} multipart ` +
      `uploads at a time, acknowledged at ${uploaded.map((rate) => rate.toFixed(1)).join('  ')} files/s). Baseline: a script that reads each file, hashes it, ` +
      `stores it and makes thumbnail, preview and, where due, mezzanine with sharp, ${cores} files at a time, every file and folder fsynced; subject: ` +
      'the whole product from dist, which also reads all metadata, finds colours and hashes, and keeps everything in its database. ' +
      `${WARM_UP} other files first; a fresh server each time.`;
    const versions = { sharp: sharp.versions.sharp ?? '', libvips: sharp.versions.vips };
    const result = compared(
      { name: 'ingest', title: `Ingest of ${count} photographs`, method, versions, quick },
      comparison,
      0.6,
      'files/s',
    );
    return { ...result, verdict: quick ? null : result.verdict };
  } finally {
    await client.close();
    await plain.close();
    await rm(folder, { recursive: true, force: true });
  }
}
