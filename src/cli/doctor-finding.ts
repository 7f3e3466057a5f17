/** What `doctor` says of one part. */
export interface Finding {
  readonly part: string;
  /** `warn`: Damson runs, but something is missing; `bad`: it does not. */
  readonly state: 'ok' | 'warn' | 'bad';
  readonly detail: string;
}

export const LOW_DISK_BYTES = 5e9;

export const ok = (part: string, detail: string): Finding => ({ part, state: 'ok', detail });
export const warn = (part: string, detail: string): Finding => ({ part, state: 'warn', detail });
export const bad = (part: string, detail: string): Finding => ({ part, state: 'bad', detail });

/** A look that failed is a finding, too. */
export async function asked(part: string, look: () => Promise<Finding>, failed: typeof bad = bad): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    return failed(part, message(error));
  }
}

/** Engine with version, latency, features; what is wrong with its settings comes first. */
export function engineFinding(
  part: string,
  found: {
    readonly engine: string;
    readonly latencyMs: number;
    readonly features: readonly string[];
    readonly problems: readonly string[];
  },
  more = '',
): Finding {
  const features = found.features.length === 0 ? '' : `; ${found.features.join(', ')}`;
  const text = `${found.engine}, ${found.latencyMs.toFixed(1)} ms${features}${more}`;
  return found.problems.length === 0 ? ok(part, text) : warn(part, `${found.problems.join('; ')} (${text})`);
}

/** With what caused it: the detail of our own errors says what to do, the cause says what happened. */
export function message(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message || error.cause.name})` : '';
  return `${error.message}${cause}`;
}

/** Names of features an adapter declares as flags. */
export function declared(features: object): string[] {
  return Object.entries(features)
    .filter(([, value]) => value === true)
    .map(([name]) => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`));
}
