/**
 * Renders the pictures of docs/transformations.md with the real pipeline: `npm run docs:transformations`. A picture whose example is unchanged is
 * kept as it is, one whose example is gone is removed.
 */
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { draw } from '../src/modules/library/demo/index.ts';
import { parseTransformation, planFor, readSteps, resumePlan } from '../src/modules/library/renditions/index.ts';
import { silentLog } from '../src/platform/log.ts';
import { createMedia } from '../src/platform/media/create.ts';
import { EXAMPLES } from './docs-transformations.ts';

const FOLDER = join(import.meta.dirname, '../docs/images/transformations');
const ALL = process.argv.includes('--all');
const PHOTO = { width: 1200, height: 800 };

const dir = await mkdtemp(join(tmpdir(), 'damson-docs-'));
const raster = async (name: string, svg: string) => {
  const path = join(dir, name);
  await writeFile(path, await sharp(Buffer.from(svg)).png().toBuffer());
  return path;
};
const photo = await raster('photo.png', draw({ scene: { kind: 'landscape', land: 'lake', light: 1 }, seed: 'harbour', ...PHOTO }));
const disc = `<svg xmlns="http://www.w3.org/2000/svg" width="240" height="240"><circle cx="120" cy="120" r="110" fill="#7a3cff"/></svg>`;
const logo = `<svg xmlns="http://www.w3.org/2000/svg" width="360" height="120"><rect x="6" y="6" width="348" height="108" rx="54" fill="#fff"/><circle cx="62" cy="60" r="34" fill="#7a3cff"/><rect x="116" y="44" width="196" height="32" rx="16" fill="#7a3cff"/></svg>`;
const inputs: Record<string, { path: string; width: number; height: number }> = {
  'brand/logo.png': { path: await raster('logo.png', logo), width: 360, height: 120 },
  'brand/mark.png': { path: await raster('mark.png', disc), width: 240, height: 240 },
};

mkdirSync(FOLDER, { recursive: true });
const wanted = new Set(EXAMPLES.map(({ file }) => file));
for (const file of readdirSync(FOLDER)) if (!wanted.has(file)) rmSync(join(FOLDER, file));

const media = createMedia({
  slots: 1,
  sandbox: 'auto',
  maxPixels: 10_000_000,
  tempDir: join(dir, 'media'),
  production: false,
  log: silentLog,
});
for (const { file, transformation } of EXAMPLES) {
  if (!ALL && existsSync(join(FOLDER, file))) continue;
  const recipe = readSteps(parseTransformation(`${transformation}:c-at_max,w-300`), { strict: true });
  const used = recipe.inputs.map((path) => inputs[path] ?? { path: '', width: 1, height: 1 });
  const layers = new Map(
    recipe.inputs.map((path, index) => [path, { index, hasAlpha: true, width: used[index]?.width ?? 1, height: used[index]?.height ?? 1 }]),
  );
  const input = { hints: { width: null, dpr: null }, layers };
  const { plan } = planFor(
    recipe,
    { ...PHOTO, hasAlpha: false, mime: 'image/png', frames: 1 },
    { accept: { avif: false, webp: true }, avif: false, ...input },
  );
  const rendered = await media.render(
    { path: photo, bytes: 0 },
    { ...plan, encode: { ...plan.encode, format: 'webp' } },
    { signal: new AbortController().signal, deadlineMs: 20_000, lane: 'live' },
    { inputs: used.map(({ path }) => path), resume: (rest, size) => resumePlan(rest, size, layers) },
  );
  writeFileSync(join(FOLDER, file), rendered.data);
  console.log(`${file}  ${rendered.width} x ${rendered.height}  ${rendered.data.length} bytes`);
}
await media.close();
rmSync(dir, { recursive: true, force: true });
