import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/api.ts';
import { keys } from '../../api/query-client.ts';
import { useManages } from '../session/use-me.ts';

/** People and groups of the workspace; both undefined for those who may not list them. */
export function useWhom() {
  const manages = useManages();
  const members = useQuery({ queryKey: keys.members, queryFn: ({ signal }) => api.members.list(signal), enabled: manages });
  const groups = useQuery({ queryKey: keys.groups, queryFn: ({ signal }) => api.groups.list(signal), enabled: manages });
  return { members: members.data?.items, groups: groups.data?.items, manages };
}
