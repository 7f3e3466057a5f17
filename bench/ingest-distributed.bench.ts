import { alternate, type Rhythm } from './lib/alternate.ts';
import { startChild } from './lib/child.ts';
import { startEngines } from './lib/engines.ts';
import { ingestPhotos, totalBytes, WARM_UP } from './lib/photo-set.ts';
import { compared, type Result } from './lib/report.ts';
import { type ServerOptions, startServer } from './lib/server.ts';

/** Photographs from the first upload until all are ready: PostgreSQL, Redis and S3 with a worker of its own, against one process with the embedded parts. */

const AT_ONCE = 4;

export async function bench({ rounds }: Rhythm, quick: boolean): Promise<Result> {
  const { count, files, warm } = await ingestPhotos(quick);
  const client = await startChild<object>('clients/many-files.ts');
  let versions: Readonly<Record<string, string>> = {};
  /** A library of its own each time: the second upload of a file would find its bytes stored. */
  const turn = async (options: ServerOptions): Promise<number> => {
    const server = await startServer(options);
    try {
      const ask = (given: readonly string[]) =>
        client.ask<{ ms: number }>({ url: server.url, key: server.key, files: given, atOnce: AT_ONCE });
      await ask(warm);
      return count / ((await ask(files)).ms / 1000);
    } finally {
      await server.close();
    }
  };
  const distributed = async (): Promise<number> => {
    const engines = await startEngines(['postgres', 'redis', 's3']);
    ({ versions } = engines);
    try {
      return await turn({ variables: { ...engines.variables, APP_SECRET: 'a-secret-of-the-bench-that-is-long-enough' }, apart: true });
    } finally {
      await engines.stop();
    }
  };
  try {
    const once = (work: () => Promise<number>) => (seconds: number) => (seconds === 0 ? Promise.resolve(0) : work());
    const rhythm = { rounds: Math.min(rounds, quick ? 1 : 3), seconds: 1, warmUp: 0 };
    const comparison = await alternate(
      once(() => turn({})),
      once(distributed),
      rhythm,
    );
    const megabytes = ((await totalBytes(files)) / 1e6).toFixed(0);
    const method =
      `${count} JPEGs with EXIF, ${megabytes} MB; timed from the first upload until all are ready, ${AT_ONCE} multipart uploads at a time, ${WARM_UP} other files ` +
      'first, a fresh library each time. Baseline: one process with the embedded parts; subject: a web and a worker process on PostgreSQL, Redis and an ' +
      'S3 store (Versity Gateway), all on this machine with fsync on.';
    const result = compared(
      { name: 'ingest-distributed', title: `Ingest of ${count} photographs, distributed`, method, versions, quick },
      comparison,
      0.8,
      'files/s',
    );
    return { ...result, verdict: quick ? null : result.verdict };
  } finally {
    await client.close();
  }
}
