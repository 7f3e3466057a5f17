/** What can be done to a thing, each verb one bit (decisions 4). The order is stored in the database: only ever append. */
export const VERBS = [
  'list',
  'read',
  'rendition',
  'original',
  'create',
  'edit',
  'replace',
  'comment',
  'publish',
  'share',
  'delete',
  'manage',
  /** What one has uploaded oneself; `delete` is for everybody's (ADR 0501). */
  'delete_own',
] as const;
export type Verb = (typeof VERBS)[number];

export const ALL_VERBS = (1 << VERBS.length) - 1;

export function bitOf(verb: Verb): number {
  return 1 << VERBS.indexOf(verb);
}

export function maskOf(verbs: readonly Verb[]): number {
  return verbs.reduce((mask, verb) => mask | bitOf(verb), 0);
}

export function verbsOf(mask: number): Verb[] {
  return VERBS.filter((verb) => (mask & bitOf(verb)) !== 0);
}
