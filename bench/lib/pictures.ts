import sharp from 'sharp';

/** Pictures with the detail of photographs, from a seed: no sample files are needed. */
export async function photograph(width: number, height: number, quality = 85): Promise<Buffer> {
  const noise = { width: Math.ceil(width / 4), height: Math.ceil(height / 4), channels: 3 as const };
  let state = 12_345;
  const pixels = Buffer.alloc(noise.width * noise.height * 3);
  for (let at = 0; at < pixels.length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const x = (Math.floor(at / 3) % noise.width) / noise.width;
    const y = Math.floor(at / 3 / noise.width) / noise.height;
    const wave = 110 + 80 * Math.sin(9 * x + (at % 3)) * Math.cos(7 * y + x * 5);
    pixels[at] = Math.max(0, Math.min(255, wave + ((state >>> 16) % 48) - 24));
  }
  return sharp(pixels, { raw: noise }).resize(width, height, { fit: 'fill', kernel: 'cubic' }).jpeg({ quality }).toBuffer();
}

/** Uniform in -1 to 1, from a seed. */
function* noise(seed: number): Generator<number> {
  let state = (seed * 2_654_435_761 + 12_345) >>> 0;
  while (true) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 31 - 1;
  }
}

/** Fall of contrast per frequency beyond 1/f; with it 800 px as WebP (q 80) take 0.9 bits a pixel, as those of cameras do (0.5 to 1.5 among the samples). */
const FALL = 0.4;

/**
 * RGB pixels with the statistics of photographs of scenes: contrast of detail falls as 1/f, so every octave has the same (Field 1987, "Relations between the statistics of
 * natural images and the response properties of cortical cells"), but for the finest, which lenses and sensors soften; colours vary more slowly than light.
 */
export async function scene(width: number, height: number, seed: number): Promise<Buffer> {
  const random = noise(seed + 1);
  const light = new Float32Array(width * height).fill(118);
  const octave = async (divisor: number, channels: 1 | 3) => {
    const size = { width: Math.max(2, Math.ceil(width / divisor)), height: Math.max(2, Math.ceil(height / divisor)) };
    const cells = Buffer.from(
      Uint8Array.from({ length: size.width * size.height * channels }, () => 128 + 127 * (random.next().value as number)),
    );
    const grown = sharp(cells, { raw: { ...size, channels } }).resize(width, height, { fit: 'fill', kernel: 'cubic' });
    return (channels === 1 ? grown.toColourspace('b-w') : grown).raw().toBuffer();
  };
  for (let divisor = 2; divisor <= 2048; divisor *= 2) {
    const amount = 0.7 * (divisor / 2048) ** FALL * (divisor === 2 ? 0.5 : 1);
    const cells = await octave(divisor, 1);
    for (let at = 0; at < light.length; at++) light[at] = (light[at] as number) + ((cells[at] as number) - 128) * amount;
  }
  const tint = await octave(256, 3);
  const out = Buffer.allocUnsafe(width * height * 3);
  for (let at = 0; at < light.length; at++) {
    for (let c = 0; c < 3; c++) {
      const value = (light[at] as number) + ((tint[at * 3 + c] as number) - 128) * 0.3;
      out[at * 3 + c] = value < 0 ? 0 : value > 255 ? 255 : value;
    }
  }
  return out;
}
