import type { DeliverySettings } from '../../api/types.ts';

/** How much of a file's metadata its derivatives keep. */
export type Policy = DeliverySettings['metadata'];
export const POLICIES: readonly Policy[] = ['strip', 'rights', 'all'];

/** What a form says; null = nothing of its own. */
export const toPolicy = (value: string): Policy | null => POLICIES.find((each) => each === value) ?? null;
