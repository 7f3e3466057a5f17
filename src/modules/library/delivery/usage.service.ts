import { type Clock, type Ctx, systemContext } from '../../../context.ts';
import type { Log } from '../../../platform/log.ts';
import type { UsageCount } from './usage.count.ts';
import type { UsageDay, UsageRepository, UsageRow } from './usage.repository.ts';

export interface UsageDeps {
  readonly repository: UsageRepository;
  readonly clock: Clock;
  readonly log: Log;
}

/** What is counted in memory goes to the database this often. */
const NOTE_MS = 10_000;
/** Assets counted at a time; more are noted at once. */
const MAX_ASSETS = 20_000;
const DAY_MS = 86_400_000;

type Tally = { requests: number; unchanged: number; bytes: number };

/** Counts deliveries: in memory at once, in the database some seconds later. A process that is killed loses those seconds. */
export class UsageService implements UsageCount {
  private readonly deps: UsageDeps;
  private tallies = new Map<string, Tally>();
  private timer: NodeJS.Timeout | undefined;
  private noting: Promise<void> = Promise.resolve();

  constructor(deps: UsageDeps) {
    this.deps = deps;
  }

  readonly count = (assetId: string, bytes: number, unchanged: boolean): void => {
    let tally = this.tallies.get(assetId);
    if (tally === undefined) {
      tally = { requests: 0, unchanged: 0, bytes: 0 };
      this.tallies.set(assetId, tally);
      if (this.tallies.size >= MAX_ASSETS) void this.note();
    }
    tally.requests += 1;
    tally.bytes += bytes;
    if (unchanged) tally.unchanged += 1;
  };

  start(): void {
    this.timer = setInterval(() => void this.note(), NOTE_MS);
    this.timer.unref();
  }

  /** Notes what is left. */
  async close(): Promise<void> {
    clearInterval(this.timer);
    await this.note();
  }

  /** Puts everything counted so far into the database; what cannot be noted now is noted next time. */
  note(): Promise<void> {
    this.noting = this.noting.then(() => this.write());
    return this.noting;
  }

  /** One entry for each of the last `days` days, today included. */
  async days(ctx: Ctx, assetId: string, days: number): Promise<UsageDay[]> {
    const today = this.deps.clock.now().getTime();
    const all = Array.from({ length: days }, (_, back) => dayOf(today - (days - 1 - back) * DAY_MS));
    const known = new Map((await this.deps.repository.days(ctx, assetId, all[0] ?? dayOf(today))).map((row) => [row.day, row]));
    return all.map((day) => known.get(day) ?? { day, requests: 0, unchanged: 0, bytes: 0 });
  }

  private async write(): Promise<void> {
    if (this.tallies.size === 0) return;
    const counted = this.tallies;
    this.tallies = new Map();
    const rows: UsageRow[] = [...counted].map(([assetId, tally]) => ({ assetId, ...tally }));
    try {
      await this.deps.repository.add(systemContext(''), dayOf(this.deps.clock.now().getTime()), rows);
    } catch (error) {
      this.deps.log.debug({ err: error }, 'deliveries could not be noted; they are noted later');
      for (const { assetId, ...tally } of rows) this.back(assetId, tally);
    }
  }

  private back(assetId: string, { requests, unchanged, bytes }: Tally): void {
    const now = this.tallies.get(assetId) ?? { requests: 0, unchanged: 0, bytes: 0 };
    this.tallies.set(assetId, { requests: now.requests + requests, unchanged: now.unchanged + unchanged, bytes: now.bytes + bytes });
  }
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
