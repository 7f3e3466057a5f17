import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { copyFile, mkdir, readdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { FONT_FAMILIES, ownFamily } from './families.ts';

/** Typefaces of text layers: free ones from npm packages, found by fontconfig in the media children; scripts they lack come from the system's. */

const FACES = ['400Regular', '400Regular_Italic', '700Bold', '700Bold_Italic'];
const SYSTEM = ['/usr/share/fonts', '/usr/local/share/fonts', '/System/Library/Fonts', '/Library/Fonts'];

/** Where the faces of a package are; the packages have many weights, and reading all of them would cost each first text a second. */
const facesIn = (path: string) => (existsSync(join(path, FACES[0] ?? '')) ? FACES.map((face) => join(path, face)) : [path]);

/** Folders of the files of one of our families: regular, italic, bold, bold italic, as far as there are such. */
export function faceDirectories(family: string): string[] {
  const name = FONT_FAMILIES[family];
  if (name === undefined) throw new Error(`no family of ours: ${family}`);
  return facesIn(dirname(createRequire(import.meta.url).resolve(`@expo-google-fonts/${name}/package.json`))).filter((path) =>
    existsSync(path),
  );
}

/** The fontconfig file of a child: families of its own (by path), then ours, then the system's. */
function fontConfigOf(cache: string, own: readonly string[]): string {
  const require = createRequire(import.meta.url);
  const packages = Object.values(FONT_FAMILIES).map((name) => dirname(require.resolve(`@expo-google-fonts/${name}/package.json`)));
  const dirs = [...packages.flatMap(facesIn), ...SYSTEM];
  const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  // Whatever a file calls itself: it must not pass for one of ours.
  const named = own.map(
    (path, index) =>
      `  <match target="scan"><test name="file"><string>${escaped(path)}</string></test><edit name="family" mode="assign" binding="same"><string>${ownFamily(index)}</string></edit></match>`,
  );
  return [
    '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>',
    ...dirs.map((dir) => `  <dir>${escaped(dir)}</dir>`),
    ...named,
    `  <cachedir>${escaped(cache)}</cachedir>\n</fontconfig>\n`,
  ].join('\n');
}

/** Writes the fontconfig file for media children into their directory and returns its path. */
export function writeFontConfig(directory: string): string {
  const cache = fontCache(directory);
  mkdirSync(cache, { recursive: true, mode: 0o700 });
  const file = join(directory, 'fonts.conf');
  const part = `${file}.${process.pid}`;
  writeFileSync(part, fontConfigOf(cache, []));
  // Whole or not at all: other processes of this data folder read it.
  renameSync(part, file);
  return file;
}

const fontCache = (directory: string): string => join(directory, 'fonts');

/** Names of what somebody is still writing (fontconfig's `FcAtomic` and locks). */
const UNFINISHED = /\.(NEW|LCK|TMP-.*)$/;

/** What is finished of a cache that others fill and tidy meanwhile: a file that is missing is learnt again. */
async function copyCache(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true, mode: 0o700 });
  const names = (await readdir(from)).filter((name) => !UNFINISHED.test(name));
  await Promise.all(
    names.map((name) =>
      copyFile(join(from, name), join(to, name)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      }),
    ),
  );
}

/** The same in a room, where nothing else can be seen: with what was learnt of our typefaces already, and typefaces of the library at these paths. */
export async function writeRoomFontConfig(room: string, directory: string, own: readonly string[]): Promise<string> {
  const cache = join(room, 'fonts');
  await copyCache(fontCache(directory), cache);
  const file = join(room, 'fonts.conf');
  await writeFile(file, fontConfigOf(cache, own));
  return file;
}
