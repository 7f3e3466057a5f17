import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';

export interface PhotoSpec {
  /** Path below the folder, with the file name. */
  readonly path: string;
  readonly width: number;
  readonly height: number;
  /** CSS colours of sky and ground. */
  readonly colours: readonly [string, string];
  readonly make?: string;
  readonly model?: string;
}

/** A set like a newcomer's first folder: sub-folders, two cameras, both orientations. */
export const FIRST_FOLDER: readonly PhotoSpec[] = [
  {
    path: 'Summer/mountain-lake.jpg',
    width: 1800,
    height: 1200,
    colours: ['#7db3d8', '#2f5d3a'],
    make: 'NIKON CORPORATION',
    model: 'NIKON D70',
  },
  { path: 'Summer/harbour-at-dawn.jpg', width: 1600, height: 1067, colours: ['#f0b27a', '#2b3a55'], make: 'Canon', model: 'Canon EOS 20D' },
  { path: 'Summer/old-bicycle.jpg', width: 1200, height: 1600, colours: ['#d9c9b0', '#7a4a2a'], make: 'Canon', model: 'Canon EOS 20D' },
  { path: 'Press/portrait.jpg', width: 900, height: 1200, colours: ['#b05c94', '#3a2440'] },
  { path: 'Press/window-light.png', width: 1000, height: 1000, colours: ['#f6f2ea', '#c9b89a'] },
];

/** A landscape drawn from two colours, with noise so that it compresses like a photo. */
export async function drawPhoto({ width, height, colours, make, model, path }: PhotoSpec): Promise<Buffer> {
  const [sky, ground] = colours;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <linearGradient id="s" x2="0" y2="1"><stop stop-color="${sky}"/><stop offset="1" stop-color="#fff"/></linearGradient>
    <rect width="100%" height="100%" fill="url(#s)"/>
    <circle cx="${width * 0.7}" cy="${height * 0.3}" r="${height * 0.09}" fill="#fff3cf"/>
    <path d="M0 ${height * 0.75} L${width * 0.3} ${height * 0.35} L${width * 0.55} ${height * 0.7} L${width * 0.8} ${height * 0.45} L${width} ${height * 0.72} V${height} H0z" fill="${ground}"/>
  </svg>`;
  const noise = await sharp({
    create: { width, height, channels: 3, background: '#808080', noise: { type: 'gaussian', mean: 128, sigma: 14 } },
  })
    .png()
    .toBuffer();
  const picture = sharp(Buffer.from(svg)).composite([{ input: noise, blend: 'soft-light' }]);
  if (path.endsWith('.png')) return picture.png().toBuffer();
  return picture
    .withExif({ IFD0: { ...(make && { Make: make }), ...(model && { Model: model }), Software: 'Damson tests' } })
    .jpeg({ quality: 88 })
    .toBuffer();
}

/** Writes the photos below `root`. */
export async function writePhotos(root: string, specs: readonly PhotoSpec[] = FIRST_FOLDER): Promise<void> {
  for (const spec of specs) {
    const file = join(root, spec.path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, await drawPhoto(spec));
  }
}
