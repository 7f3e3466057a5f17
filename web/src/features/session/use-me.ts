import { useSuspenseQuery } from '@tanstack/react-query';
import { meQuery } from '../../api/queries.ts';
import type { Me, Verb } from '../../api/types.ts';

/** Who is signed in; loaded before any page of the frame is shown. */
export function useMe(): Me {
  return useSuspenseQuery(meQuery).data;
}

/** Whether the role allows this anywhere in the workspace. The server decides in each case; this only hides what cannot work. */
export const useMay = (verb: Verb): boolean => useMe().verbs.includes(verb);
