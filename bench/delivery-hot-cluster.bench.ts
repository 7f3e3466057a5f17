import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compare, inTurns, median, type Rhythm, type Turn } from './lib/alternate.ts';
import { startChild } from './lib/child.ts';
import { fittingBody, hotBody } from './lib/hot-body.ts';
import { startNginx } from './lib/nginx.ts';
import { photograph } from './lib/pictures.ts';
import { apiOf, publish } from './lib/publish.ts';
import { compared, type Result } from './lib/report.ts';
import { startTwoServers } from './lib/two-servers.ts';
import { wrk, wrkVersion } from './lib/wrk.ts';

/** A derivative in the memory of two processes of one installation, against the same bytes from two bare servers. */

const SCRIPT = fileURLToPath(new URL('./lib/two-ports.lua', import.meta.url));
const LOAD = { threads: 2, connections: 16, headers: { Accept: 'image/avif,image/webp,*/*' } };
const GOAL = 0.85;

/** One thread of wrk for each of two servers that answer the same path. */
function both(first: string, second: string): Turn {
  const { hostname, port } = new URL(second);
  return async (seconds) => (await wrk({ ...LOAD, url: first, seconds, script: SCRIPT, args: [hostname, port] })).requestsPerSecond;
}

export async function bench(rhythm: Rhythm, quick: boolean): Promise<Result> {
  const version = await wrkVersion();
  if (version === null) throw new Error('wrk is not installed (apt install wrk)');
  const folder = await mkdtemp(join(tmpdir(), 'damson-bench-'));
  const two = await startTwoServers();
  const closing: (() => Promise<void>)[] = [two.close, () => rm(folder, { recursive: true, force: true })];
  try {
    const [first, second] = two.servers;
    const { delivery } = await publish(apiOf(first.url, first.key), 'photo.jpg', await photograph(2725, 2225));
    const hot = await fittingBody(delivery, LOAD.headers);
    const { pathname, search } = new URL(hot.url);
    const other = await hotBody(`${second.url}${pathname}${search}`, LOAD.headers);
    if (!other.body.equals(hot.body)) throw new Error('the two processes answered different bytes');

    const file = join(folder, 'body.webp');
    await writeFile(file, hot.body);
    const bare: string[] = [];
    for (let process = 0; process < 2; process++) {
      const child = await startChild<{ url: string }>('baselines/http-memory.ts', [file, JSON.stringify(hot.headers)]);
      closing.unshift(child.close);
      bare.push(child.ready.url);
    }
    const nginx = await startNginx(hot);
    if (nginx) closing.unshift(nginx.close);

    const turns: Record<string, Turn> = { bare: both(bare[0] ?? '', bare[1] ?? ''), damson: both(hot.url, other.url) };
    if (nginx) turns['nginx'] = async (seconds) => (await wrk({ ...LOAD, url: nginx.url, seconds })).requestsPerSecond;
    const samples = await inTurns(turns, rhythm);

    const method =
      `${hot.body.length} bytes of WebP, 16 connections, two wrk threads. Damson has no cluster mode: two processes of one installation (PostgreSQL, S3 store) on two ports, a thread of wrk for each, ` +
      'as a load balancer would divide them; baseline: two bare node:http processes the same way, same bytes and headers from memory. Beside them nginx with two workers, same headers, the file from disk.';
    const result = compared(
      {
        name: 'delivery-hot-cluster',
        title: 'Hot derivative, two processes',
        method,
        versions: { wrk: version, ...two.versions, nginx: nginx?.version ?? 'not installed' },
        quick,
      },
      compare(samples['bare'] ?? [], samples['damson'] ?? []),
      GOAL,
      'requests/s',
    );
    const beside = samples['nginx'] ?? [];
    const row = nginx
      ? ['nginx (printed beside)', median(beside), beside.map((value) => value.toFixed(0)).join('  ')]
      : ['nginx: did not run', '', 'it is not installed (apt-get install nginx-light)'];
    return { ...result, rows: [...result.rows, row], data: { ...(result.data as object), nginx: beside } };
  } finally {
    for (const close of closing) await close();
  }
}
