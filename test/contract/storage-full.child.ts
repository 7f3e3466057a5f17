/** Run inside a small tmpfs by storage.test.ts: a full disk is `storage_full`, keeps what was stored, and heals. */
import { Readable } from 'node:stream';
import { DamsonError } from '../../src/errors.ts';
import { createDiskStorage } from '../../src/platform/storage/disk.ts';
import { keys } from '../../src/platform/storage/keys.ts';

const storage = await createDiskStorage({ dir: `${process.argv[2]}/objects` });
const chunk = Buffer.alloc(256 * 1024, 1);
const codeOf = (error: unknown): string => (error instanceof DamsonError ? error.code : String(error));
const big = (): Readable => Readable.from(Array.from({ length: 64 }, () => chunk));

const put = await storage.put(keys.derived('w', 'b', 'full', 'webp'), big()).then(() => 'stored', codeOf);
const absent = (await storage.head(keys.derived('w', 'b', 'full', 'webp'))) === null;

const draft = await storage.open(keys.original('w', 'draft'));
const first = await storage.append(draft, 0, Readable.from([chunk]));
const append = await storage.append(draft, first, big()).then(() => 'stored', codeOf);
const kept = await storage.stat(draft);
await storage.abort(draft);

const after = await storage.put(keys.original('w', 'after'), chunk).then(
  (info) => info.bytes,
  () => 0,
);
const { freeBytes } = await storage.describe();
console.log(JSON.stringify({ put, absent, first, append, kept, after, freeBytes }));
