import type { Grant, Level, RoleRights, Verb } from '../../api/types.ts';
import { VERBS } from '../../api/types.ts';

/** Levels for allowing, lowest first; for denying only all of it, or verbs singly, make sense. */
export const LEVELS: readonly Level[] = ['viewer', 'vendor', 'editor', 'admin'];

/** What the preset `vendor` means in a folder: the role itself gives nothing at the root (ADR 0501). */
const GUEST: readonly Verb[] = ['list', 'read', 'rendition', 'comment', 'create', 'delete_own'];

const same = (one: readonly Verb[], other: readonly Verb[]): boolean =>
  one.length === other.length && one.every((verb) => other.includes(verb));

/** The level whose verbs a grant has; null when it has others, or when the roles are not known here. */
export function levelOf({ verbs }: Pick<Grant, 'verbs'>, roles: readonly RoleRights[] | undefined): Level | null {
  if (same(verbs, VERBS)) return 'admin';
  if (same(verbs, GUEST)) return 'vendor';
  return LEVELS.find((level) => same(verbs, roles?.find(({ key }) => key === level)?.verbs ?? [])) ?? null;
}

/** Verbs in the order in which people read them. */
export const inOrder = (verbs: readonly Verb[]): Verb[] => VERBS.filter((verb) => verbs.includes(verb));
