import { useSuspenseQuery } from '@tanstack/react-query';
import { meQuery } from '../../api/queries.ts';
import type { Me, Verb } from '../../api/types.ts';

/** Who is signed in; loaded before any page of the frame is shown. */
export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

/** Whether one may do this anywhere, by role or by a grant. The server decides in each case; this only hides what cannot work. */
export const useMay = (verb: Verb): boolean => useMe().somewhere.includes(verb);

/** Whether one manages the workspace itself: its people, groups, roles and settings. */
export const useManages = (): boolean => useMe().verbs.includes('manage');
