import { runMigrations } from 'bullmq';
import type { Client } from 'pg';

/** Schema of BullMQ's own tables. */
export const QUEUE_SCHEMA = 'bullmq';

/** Brings BullMQ's tables up to the version of the installed library; on one client, never on a pool. */
export async function migrateQueueSchema(client: Client): Promise<void> {
  await runMigrations(client, QUEUE_SCHEMA);
}
