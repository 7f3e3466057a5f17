import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { serveChild } from '../lib/child.ts';

/**
 * A plain loop: read the file, make the derivative with sharp, store it durably; so many at a time.
 * `sharp-loop.ts <file> <folder> <concurrency>`; asked `{seconds}` it answers `{rate}`.
 */

const [file = '', folder = '', concurrency = '1'] = process.argv.slice(2);
// As in a media child: one thread per picture, as many pictures as there are slots.
sharp.concurrency(1);
sharp.cache(false);
let count = 0;

/** As Damson keeps what a URL asked for: bytes on the disk, then the name; whole or absent after a power cut. */
async function store(data: Buffer): Promise<void> {
  const name = join(folder, `${process.pid}-${count++}.webp`);
  const handle = await open(`${name}.part`, 'w');
  await handle.writeFile(data);
  await handle.datasync();
  await handle.close();
  await rename(`${name}.part`, name);
}

async function one(): Promise<void> {
  const input = await readFile(file);
  const data = await sharp(input).autoOrient().resize(720, 588, { fit: 'fill' }).webp({ quality: 80, effort: 4 }).toBuffer();
  await store(data);
}

serveChild(
  {},
  async (question) => {
    const { seconds } = question as { seconds: number };
    const begin = performance.now();
    let made = 0;
    const worker = async () => {
      while (performance.now() - begin < seconds * 1000) {
        await one();
        made++;
      }
    };
    await Promise.all(Array.from({ length: Number(concurrency) }, worker));
    return { rate: made / ((performance.now() - begin) / 1000) };
  },
  async () => undefined,
);
