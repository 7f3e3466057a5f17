import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import sharp from 'sharp';
import { serveChild } from '../lib/child.ts';

/**
 * What ingest of pictures costs at least: hash (SHA-256), store the original, make the renditions with plain sharp, store them; each
 * as durably as Damson does. `ingest-sharp.ts <folder> <concurrency>`; asked `{files}` it answers `{ms}` and removes what it stored.
 */

const [folder = '', concurrency = '1'] = process.argv.slice(2);
// As many pictures at a time as there are cores, one thread each: as in Damson's media children.
sharp.concurrency(1);
sharp.cache(false);

const MEZZANINE_FROM_PIXELS = 12_000_000;
/** The standard recipes: `renditions.recipe.ts`, and the mezzanine of `renditions.source.ts`. */
const RENDITIONS = [
  { name: 'thumbnail', side: 480, quality: 75, profile: false },
  { name: 'preview', side: 1600, quality: 80, profile: false },
  { name: 'mezzanine', side: 2560, quality: 92, profile: true },
] as const;

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  await handle.sync();
  await handle.close();
}

async function store(path: string, data: Buffer, within: string): Promise<void> {
  const handle = await open(`${path}.part`, 'w');
  await handle.writeFile(data);
  await handle.sync();
  await handle.close();
  await rename(`${path}.part`, path);
  await syncFolder(within);
}

async function ingest(file: string, originals: string, derived: string): Promise<void> {
  const data = await readFile(file);
  createHash('sha256').update(data).digest('hex');
  await store(join(originals, basename(file)), data, originals);
  const own = join(derived, basename(file));
  await mkdir(own);
  await syncFolder(derived);
  const { width, height } = await sharp(data).metadata();
  for (const { name, side, quality, profile } of RENDITIONS) {
    if (name === 'mezzanine' && width * height <= MEZZANINE_FROM_PIXELS) continue;
    const scaled = sharp(data).autoOrient().resize(side, side, { fit: 'inside', withoutEnlargement: true });
    const webp = await (profile ? scaled.keepIccProfile() : scaled).webp({ quality, effort: 4 }).toBuffer();
    await store(join(own, `${name}.webp`), webp, own);
  }
}

serveChild(
  {},
  async (question) => {
    const { files } = question as { files: string[] };
    const [originals, derived] = [join(folder, 'originals'), join(folder, 'derived')];
    for (const each of [originals, derived]) await mkdir(each);
    const rest = [...files];
    const begin = performance.now();
    const worker = async () => {
      for (let file = rest.shift(); file !== undefined; file = rest.shift()) await ingest(file, originals, derived);
    };
    await Promise.all(Array.from({ length: Number(concurrency) }, worker));
    const ms = performance.now() - begin;
    for (const each of [originals, derived]) await rm(each, { recursive: true });
    return { ms };
  },
  async () => undefined,
);
