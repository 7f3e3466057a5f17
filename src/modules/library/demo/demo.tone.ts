import { random } from './demo.random.ts';

const RATE = 22_050;
const SCALE = [0, 2, 4, 7, 9, 12, 14, 16];
const BASE_HZ = 220;

/** Plucked notes over a soft chord as WAV: 16 bit, mono, 22,050 Hz. */
export function tune(seed: string, seconds: number): Buffer {
  const chance = random(seed);
  const length = Math.round(seconds * RATE);
  const mixed = new Float64Array(length);
  const note = (start: number, hertz: number, volume: number, decay: number) => {
    for (let at = Math.round(start * RATE); at < length; at += 1) {
      const t = at / RATE - start;
      const swell = Math.min(1, t / 0.012) * Math.exp(-t * decay) * volume;
      const wave =
        Math.sin(2 * Math.PI * hertz * t) +
        0.35 * Math.sin(4 * Math.PI * hertz * t) * Math.exp(-t * 3) +
        0.12 * Math.sin(6 * Math.PI * hertz * t);
      mixed[at] = (mixed[at] ?? 0) + wave * swell;
    }
  };
  const pitch = (step: number): number => BASE_HZ * 2 ** ((SCALE[step % SCALE.length] ?? 0) / 12);
  const beat = 0.32;
  for (let start = 0; start < seconds - 0.9; start += beat) if (chance.chance(0.78)) note(start, pitch(chance.int(0, 7)) * 2, 0.16, 3.2);
  for (const step of [0, 2, 3]) note(Math.max(0, seconds - 1.6), pitch(step), 0.15, 1.3);
  for (let bar = 0; bar < seconds - 1.6; bar += beat * 6) for (const step of [0, 3]) note(bar, pitch(step) / 2, 0.09, 0.9);
  return wav(mixed);
}

function wav(samples: Float64Array): Buffer {
  const bytes = Buffer.alloc(44 + samples.length * 2);
  bytes.write('RIFF', 0, 'latin1');
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write('WAVEfmt ', 8, 'latin1');
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(RATE, 24);
  bytes.writeUInt32LE(RATE * 2, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36, 'latin1');
  bytes.writeUInt32LE(samples.length * 2, 40);
  const fade = Math.min(samples.length, RATE / 4);
  for (const [index, value] of samples.entries()) {
    const end = Math.min(1, (samples.length - index) / fade);
    bytes.writeInt16LE(Math.round(Math.max(-1, Math.min(1, value * end)) * 32_000), 44 + index * 2);
  }
  return bytes;
}
