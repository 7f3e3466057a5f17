/** ICC profiles as files carry them. Pure. */

const SPACES = { GRAY: 'grey', 'RGB ': 'rgb', CMYK: 'cmyk' } as const;
const HEADER = 128;

/** The profile without what is left over behind it; null when it is none, is cut short, or is for other colours. Encoders refuse what is not exact. */
export function exactProfile(bytes: Buffer | null, colours: 'grey' | 'rgb' | 'cmyk'): Buffer | null {
  if (!bytes || bytes.length < HEADER || bytes.toString('latin1', 36, 40) !== 'acsp') return null;
  const length = bytes.readUInt32BE(0);
  const space = Object.entries(SPACES).find(([name]) => name === bytes.toString('latin1', 16, 20))?.[1];
  // A copy: the file it lies in need not stay in memory.
  return length >= HEADER && length <= bytes.length && space === colours ? Buffer.from(bytes.subarray(0, length)) : null;
}
