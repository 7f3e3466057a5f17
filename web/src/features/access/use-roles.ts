import { useQuery } from '@tanstack/react-query';
import { useCallback } from 'react';
import { api } from '../../api/api.ts';
import { keys } from '../../api/query-client.ts';
import type { Role, RoleRights, Verb } from '../../api/types.ts';
import type { Messages } from '../../messages/en.ts';
import { useText } from '../../messages/index.tsx';
import { useManages } from '../session/use-me.ts';

/** What verbs allow, in few words. */
export function verbWords(t: Messages, verbs: readonly Verb[]): string {
  return verbs.map((verb) => t.values.verbShort[verb] ?? verb).join(', ');
}

/** The name of a role: the app's own for a built-in one, else what the workspace calls it. */
export const roleName = (t: Messages, role: Pick<RoleRights, 'key' | 'name'>): string => t.values.role[role.key] ?? role.name;

/** What a role means, in a sentence: the app's own for a built-in one, else its verbs. */
export const roleHelp = (t: Messages, { key, verbs }: Pick<RoleRights, 'key' | 'verbs'>): string =>
  t.admin.roleHelp[key] ?? (verbs.length === 0 ? t.roles.nothing : verbWords(t, verbs));

/** The workspace's roles, for those who manage it; nobody else may list them. */
export function useRoles() {
  const t = useText();
  const manages = useManages();
  const list = useQuery({ queryKey: keys.roles, queryFn: ({ signal }) => api.roles.list(signal), enabled: manages });
  const roles = list.data?.items;
  const nameOf = useCallback(
    (key: Role): string => {
      const own = roles?.find((role) => role.key === key);
      return own ? roleName(t, own) : (t.values.role[key] ?? key);
    },
    [roles, t],
  );
  return { list, roles, nameOf };
}
