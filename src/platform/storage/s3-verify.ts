import { randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { DamsonError } from '../../errors.ts';
import { keys } from './keys.ts';
import type { S3Calls } from './s3-calls.ts';
import { explain, faultOf } from './s3-errors.ts';
import { S3Multipart } from './s3-multipart.ts';

/** AWS refuses requests whose clock is off by 15 minutes; this is when one should start to worry. */
const CLOCK_LIMIT_MS = 5 * 60_000;

interface Findings {
  readonly problems: string[];
  readonly conditionalPut: boolean;
}

/** Tries what the service needs: the bucket, credentials, region, clock, listing, writing, reading, parts, removing. */
export async function verifyS3(calls: S3Calls): Promise<Findings> {
  const problems: string[] = [];
  let conditionalPut = false;
  try {
    await bucket(calls);
    conditionalPut = await objects(calls, problems);
    await parts(calls);
  } catch (error) {
    problems.push(sentence(calls, error));
  }
  const ahead = calls.connection.http.clockAheadMs;
  if (ahead !== null && Math.abs(ahead) > CLOCK_LIMIT_MS && !problems.some((problem) => problem.startsWith('The clocks'))) {
    problems.push(
      `The clock of the store is ${Math.round(Math.abs(ahead) / 60_000)} minutes ${ahead > 0 ? 'ahead of' : 'behind'} ours: set the clocks.`,
    );
  }
  return { problems, conditionalPut };
}

/** By listing, not by HEAD: only its errors have names. */
async function bucket({ connection: { sdk, client, place } }: S3Calls): Promise<void> {
  const page = await client.send(new sdk.ListObjectsV2Command({ Bucket: place.bucket, MaxKeys: 1 }));
  // Something that answers 200 to everything is no store.
  if (page.KeyCount === undefined && page.Name === undefined) throw new TypeError('the answer to a listing is not one of S3');
}

/** @returns whether the store honours `If-None-Match: *` */
async function objects(calls: S3Calls, problems: string[]): Promise<boolean> {
  const { sdk, client, place } = calls.connection;
  const probe = keys.probe(randomUUID());
  const input = { Bucket: place.bucket, Key: probe };
  const written = Buffer.from('damson');
  await client.send(new sdk.PutObjectCommand({ ...input, Body: written, Metadata: { 'damson-probe': 'kept' } }));
  try {
    const found = await calls.get(probe);
    if (found === null || !(await buffer(found.stream)).equals(written)) problems.push('The store does not give back what was written.');
    else if (found.metadata['damson-probe'] !== 'kept') problems.push('The store does not keep metadata of objects, which uploads need.');
    const middle = await calls.get(probe, { start: 1, end: 2 });
    if (middle === null || (await buffer(middle.stream)).toString() !== 'am') problems.push('The store does not answer ranges.');
    if ((await calls.get(keys.probe(randomUUID()))) !== null) problems.push('The store answers for objects that do not exist.');
    return await refusesToReplace(calls, probe);
  } finally {
    await calls.remove([probe]);
  }
}

async function refusesToReplace({ connection: { sdk, client, place } }: S3Calls, probe: string): Promise<boolean> {
  try {
    await client.send(new sdk.PutObjectCommand({ Bucket: place.bucket, Key: probe, Body: Buffer.from('again'), IfNoneMatch: '*' }));
    return false;
  } catch (error) {
    const fault = faultOf(error);
    if (fault !== 'exists' && fault !== 'not_implemented') throw error;
    return fault === 'exists';
  }
}

async function parts(calls: S3Calls): Promise<void> {
  const multipart = new S3Multipart(calls.connection);
  const probe = keys.probe(randomUUID());
  const upload = await multipart.create(probe);
  try {
    await multipart.list(probe, upload);
  } finally {
    await multipart.abort(probe, upload);
  }
}

function sentence(calls: S3Calls, error: unknown): string {
  // What went through the adapter carries the store's own error inside.
  const told = error instanceof DamsonError && error.cause !== undefined ? error.cause : error;
  return explain(told, calls.connection.place);
}
