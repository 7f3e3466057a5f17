import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A migration is a class with `name = '<Words><13 digits>'`: the digits are the number in the file's name
 * padded with zeros (`1000-queue.ts` -> `Queue0000000001000`); they give the order. `up` and `down` run raw SQL, each
 * migration in one transaction.
 */
export type MigrationClass = new () => MigrationInterface;
export type { MigrationInterface, QueryRunner };
