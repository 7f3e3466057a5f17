import sharp from 'sharp';
import { ssim } from './ssim.ts';

/** Two encoders are compared at the qualities at which they make the same of a picture. */

export interface Made {
  readonly bytes: number;
  /** Against the reference. */
  readonly ssim: number;
}

/** Sizes within 2 %, SSIM within 0.005. */
export const SAME = { size: 0.02, ssim: 0.005 } as const;

/** Fetches and judges one result. @throws when it is not 200, or of another size in pixels than the reference */
export async function made(url: string, reference: Buffer): Promise<Made> {
  const answer = await fetch(url, { headers: { Accept: 'image/webp,*/*' } });
  const body = Buffer.from(await answer.arrayBuffer());
  if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}: ${body.toString().slice(0, 200)}`);
  return { bytes: body.length, ssim: await ssim(reference, await sharp(body).png().toBuffer()) };
}

export function equal(a: Made, b: Made): boolean {
  return Math.abs(a.bytes / b.bytes - 1) <= SAME.size && Math.abs(a.ssim - b.ssim) <= SAME.ssim;
}

/** The whole quality at which the other one's size comes nearest; sizes grow with quality. */
export async function tune(at: (quality: number) => Promise<Made>, like: Made): Promise<{ quality: number; made: Made }> {
  let [low, high] = [30, 98];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((await at(middle)).bytes < like.bytes) low = middle;
    else high = middle;
  }
  const [below, above] = [await at(low), await at(high)];
  const nearer = like.bytes - below.bytes < above.bytes - like.bytes;
  return nearer ? { quality: low, made: below } : { quality: high, made: above };
}
