import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { alternate, type Rhythm } from './alternate.ts';
import { type Damson, startDamson } from './damson.ts';
import { photograph } from './pictures.ts';
import { compared, type Result } from './report.ts';
import { wrk, wrkVersion } from './wrk.ts';

/** The same derivatives from two whole products, one with its objects on disk and one with them in an S3 store. */

interface S3Script {
  start(options: { dir: string }): Promise<{ variables: Record<string, string> }>;
  stop(record: object): Promise<void>;
}

export interface Question {
  readonly name: string;
  readonly title: string;
  readonly goal: number;
  /** Set for both sides, and for the subject alone. */
  readonly variables: Readonly<Record<string, string>>;
  readonly subject: Readonly<Record<string, string>>;
  readonly says: string;
}

const SCRIPT = fileURLToPath(new URL('./in-turn.lua', import.meta.url));
const DERIVATIVES = 64;
const LOAD = { threads: 1, connections: 16, headers: { Accept: 'image/webp,*/*' } };

/** Starts a product with these variables; those of this process are as before when it returns. */
async function startWith(variables: Readonly<Record<string, string>>): Promise<Damson> {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, variables);
  try {
    return await startDamson();
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

/** Many derivatives of like size, so that concurrent requests are not for the same one. Returns their addresses and their mean size. */
async function derivatives(damson: Damson, jpeg: Buffer, list: string): Promise<number> {
  const { delivery } = await damson.publish('photo.jpg', jpeg);
  let total = 0;
  const lines: string[] = [];
  for (let width = 480; width < 480 + DERIVATIVES; width++) {
    const url = `${delivery}?tr=w-${width}`;
    const response = await fetch(url, { headers: LOAD.headers });
    total += (await response.arrayBuffer()).byteLength;
    if (response.status !== 200) throw new Error(`${url} answered ${response.status}`);
    lines.push(`${new URL(url).pathname}${new URL(url).search}\n`);
  }
  await writeFile(list, lines.join(''));
  return Math.round(total / DERIVATIVES);
}

export async function benchS3Delivery(question: Question, rhythm: Rhythm, quick: boolean): Promise<Result> {
  const version = await wrkVersion();
  if (version === null) throw new Error('wrk is not installed (apt install wrk)');
  const script = (await import(new URL('../../scripts/s3-server.mjs', import.meta.url).href)) as S3Script;
  const dir = await mkdtemp(join(tmpdir(), 'damson-bench-s3-'));
  const server = await script.start({ dir });
  const running: Damson[] = [];
  try {
    const jpeg = await photograph(2725, 2225);
    const disk = await startWith(question.variables);
    running.push(disk);
    const s3 = await startWith({ ...question.variables, ...server.variables, ...question.subject });
    running.push(s3);
    const lists = [join(dir, 'disk.txt'), join(dir, 's3.txt')] as const;
    await derivatives(disk, jpeg, lists[0]);
    const bytes = await derivatives(s3, jpeg, lists[1]);
    const turn = (damson: Damson, list: string) => async (seconds: number) =>
      (await wrk({ ...LOAD, url: damson.url, seconds, script: SCRIPT, args: [list] })).requestsPerSecond;
    const comparison = await alternate(turn(disk, lists[0]), turn(s3, lists[1]), rhythm);
    const method = `${DERIVATIVES} derivatives of about ${bytes} bytes of WebP in turn, 16 connections, one wrk thread, ${question.says}; baseline: the whole product with objects on disk; subject: the same with objects in an S3 store (Versity Gateway on the same disk, loopback).`;
    return compared(
      { name: question.name, title: question.title, method, versions: { wrk: version }, quick },
      comparison,
      question.goal,
      'requests/s',
    );
  } finally {
    for (const damson of running) await damson.close();
    await script.stop(server);
    await rm(dir, { recursive: true, force: true });
  }
}
