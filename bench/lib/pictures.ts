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
