/** Baseline and subject in turns, so that whatever else the machine does meets both (decisions 10). */

export interface Rhythm {
  readonly rounds: number;
  /** Measured seconds per turn. */
  readonly seconds: number;
  readonly warmUp: number;
}

export const FULL: Rhythm = { rounds: 5, seconds: 10, warmUp: 3 };
export const QUICK: Rhythm = { rounds: 2, seconds: 3, warmUp: 1 };

/** One turn: does its work for so many seconds and says the rate (per second). */
export type Turn = (seconds: number) => Promise<number>;

export interface Comparison {
  readonly baseline: readonly number[];
  readonly subject: readonly number[];
  /** Subject's median over baseline's. */
  readonly ratio: number;
  /** Half the range of the rounds' own ratios. */
  readonly spread: number;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = 0, high = 0] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  return (low + high) / 2;
}

export async function alternate(baseline: Turn, subject: Turn, rhythm: Rhythm): Promise<Comparison> {
  const samples = { baseline: [] as number[], subject: [] as number[] };
  for (let round = 0; round < rhythm.rounds; round++) {
    for (const [name, turn] of [['baseline', baseline] as const, ['subject', subject] as const]) {
      await turn(rhythm.warmUp);
      samples[name].push(await turn(rhythm.seconds));
    }
  }
  const ratios = samples.subject.map((value, round) => value / (samples.baseline[round] ?? Number.NaN));
  return {
    ...samples,
    ratio: median(samples.subject) / median(samples.baseline),
    spread: (Math.max(...ratios) - Math.min(...ratios)) / 2,
  };
}

export type Verdict = 'reached' | 'missed' | 'not decided';

/** A ratio nearer to its goal than the spread decides nothing. */
export function verdict(ratio: number, spread: number, goal: number): Verdict {
  if (Math.abs(ratio - goal) < spread) return 'not decided';
  return ratio >= goal ? 'reached' : 'missed';
}
