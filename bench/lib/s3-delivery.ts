import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

async function deliver(damson: Damson, jpeg: Buffer): Promise<{ url: string; bytes: number }> {
  const { delivery } = await damson.publish('photo.jpg', jpeg);
  const url = `${delivery}?tr=w-720`;
  const response = await fetch(url, { headers: LOAD.headers });
  const bytes = (await response.arrayBuffer()).byteLength;
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}`);
  return { url, bytes };
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
    const [from, of] = [await deliver(disk, jpeg), await deliver(s3, jpeg)];
    const turn = (url: string) => async (seconds: number) => (await wrk({ ...LOAD, url, seconds })).requestsPerSecond;
    const comparison = await alternate(turn(from.url), turn(of.url), rhythm);
    const method = `${of.bytes} bytes of WebP, 16 connections, one wrk thread, ${question.says}; baseline: the whole product with objects on disk; subject: the same with objects in an S3 store (Versity Gateway on the same disk, loopback).`;
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
