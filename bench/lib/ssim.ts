import sharp from 'sharp';

/**
 * Structural similarity of the lightness of two pictures of one size (Wang, Bovik, Sheikh, Simoncelli 2004), mean over windows of 8 x 8
 * px, each 4 px further.
 */
export async function ssim(a: Buffer, b: Buffer): Promise<number> {
  const grey = (picture: Buffer) =>
    sharp(picture).flatten().toColourspace('b-w').raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  const [x, y] = await Promise.all([grey(a), grey(b)]);
  const { width, height, channels } = x.info;
  if (y.info.width !== width || y.info.height !== height || channels !== 1) throw new Error('the pictures differ in size');
  const [C1, C2] = [(0.01 * 255) ** 2, (0.03 * 255) ** 2];
  let sum = 0;
  let windows = 0;
  for (let top = 0; top + 8 <= height; top += 4) {
    for (let left = 0; left + 8 <= width; left += 4) {
      let [sx, sy, sxx, syy, sxy] = [0, 0, 0, 0, 0];
      for (let row = 0; row < 8; row++) {
        for (let column = 0; column < 8; column++) {
          const at = (top + row) * width + left + column;
          const [p, q] = [x.data[at] ?? 0, y.data[at] ?? 0];
          sx += p;
          sy += q;
          sxx += p * p;
          syy += q * q;
          sxy += p * q;
        }
      }
      const [mx, my] = [sx / 64, sy / 64];
      const [vx, vy, cov] = [sxx / 64 - mx * mx, syy / 64 - my * my, sxy / 64 - mx * my];
      sum += ((2 * mx * my + C1) * (2 * cov + C2)) / ((mx * mx + my * my + C1) * (vx + vy + C2));
      windows++;
    }
  }
  return sum / windows;
}
