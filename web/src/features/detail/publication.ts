import type { Publication, PublishOptions } from '../../api/types.ts';

/** Whether it will be public later by itself. */
export const isScheduled = ({ now, from }: Publication): boolean => !now && from !== null && new Date(from).getTime() > Date.now();

/** What to send for "publish": what is left out stays as it is; a window that is over must go, or nothing would change. */
export const publishNow = ({ until }: Publication): PublishOptions =>
  until !== null && new Date(until).getTime() <= Date.now() ? { until: null } : {};
