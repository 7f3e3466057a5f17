/** What travels between processes: who may see it, and what happened. Ids and small facts, never whole objects (NOTIFY holds 8,000 bytes). */
export interface LiveMessage {
  readonly workspaceId: string;
  /** `<subject>.<past tense>`, e.g. `asset.updated`; also the event's name in the browser. */
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** For everybody who may list this acl. */
  readonly aclId?: string;
  /** For this person only. */
  readonly userId?: string;
}

/** Sent instead of what was lost: read again what is on the screen. */
export const RESYNC = 'live.resync';
