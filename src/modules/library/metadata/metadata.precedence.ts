/** Which of several values of a field counts: a person's beats every machine's (library-model, metadata_value). */

export type Source = 'embedded' | 'person' | 'rule' | 'import' | 'model';

const RANK: Record<Source, number> = { person: 0, rule: 1, import: 2, embedded: 3, model: 4 };

export interface SourcedValue {
  readonly source: Source;
  readonly at: Date;
}

/** The effective one: best source, then the newest. */
export function effective<V extends SourcedValue>(values: readonly V[]): V | null {
  let best: V | null = null;
  for (const value of values) {
    if (best === null || RANK[value.source] < RANK[best.source] || (value.source === best.source && value.at > best.at)) best = value;
  }
  return best;
}
