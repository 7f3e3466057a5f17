import type { MigrationInterface } from 'typeorm';
import { Core0000000000100 } from './0100-core.ts';
import { Library0000000000200 } from './0200-library.ts';
import { Queue } from './1000-queue.ts';

/** Every migration, in order. A new one is added here; TypeORM runs those not yet applied. */
export const migrations: (new () => MigrationInterface)[] = [Core0000000000100, Library0000000000200, Queue];
