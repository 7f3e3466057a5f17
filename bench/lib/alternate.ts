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

/** Each in turn, as often as the rhythm says. @returns the rates of each */
export async function inTurns<Name extends string>(turns: Readonly<Record<Name, Turn>>, rhythm: Rhythm): Promise<Record<Name, number[]>> {
  const names = Object.keys(turns) as Name[];
  const samples = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = 0; round < rhythm.rounds; round++) {
    for (const name of names) {
      await turns[name](rhythm.warmUp);
      samples[name].push(await turns[name](rhythm.seconds));
    }
  }
  return samples;
}

export function compare(baseline: readonly number[], subject: readonly number[]): Comparison {
  const ratios = subject.map((value, round) => value / (baseline[round] ?? Number.NaN));
  return {
    baseline,
    subject,
    ratio: median(subject) / median(baseline),
    spread: (Math.max(...ratios) - Math.min(...ratios)) / 2,
  };
}

export async function alternate(baseline: Turn, subject: Turn, rhythm: Rhythm): Promise<Comparison> {
  const samples = await inTurns({ baseline, subject }, rhythm);
  return compare(samples.baseline, samples.subject);
}

export type Verdict = 'reached' | 'missed' | 'not decided';

/** A ratio nearer to its goal than the spread decides nothing. */
export function verdict(ratio: number, spread: number, goal: number): Verdict {
  if (Math.abs(ratio - goal) < spread) return 'not decided';
  return ratio >= goal ? 'reached' : 'missed';
}
