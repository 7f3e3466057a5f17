/** Appends what comes on its input in pieces of odd sizes and prints each offset; killed in the middle by storage-s3.test.ts. */
import { Readable } from 'node:stream';
import { silentLog } from '../../src/platform/log.ts';
import { createS3Storage } from '../../src/platform/storage/s3.ts';

const { draft, ...options } = JSON.parse(process.env.STORAGE_UNDER_TEST ?? '{}');
const given = (name: string): string => process.env[`S3_TEST_${name}`] ?? process.env[`S3_${name}`] ?? '';
const credentials = { accessKeyId: given('ACCESS_KEY_ID'), secretAccessKey: { reveal: () => given('SECRET_ACCESS_KEY') } };
const storage = await createS3Storage({ ...options, credentials }, { log: silentLog });

let offset = 0;
let piece = 333_333;
let waiting: Buffer[] = [];
let bytes = 0;
for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
  waiting.push(chunk);
  bytes += chunk.length;
  if (bytes < piece) continue;
  offset = await storage.append(draft, offset, Readable.from(waiting));
  console.log(offset);
  [waiting, bytes] = [[], 0];
  piece = (piece * 1.7) % 9_000_000;
}
