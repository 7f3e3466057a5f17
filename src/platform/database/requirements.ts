import type { Client } from 'pg';
import { StartError } from '../../errors.ts';
import type { Sql } from './database.ts';
import { pgCode } from './pg-errors.ts';

/** What a server must have before Damson can work on it; told in sentences that say what to do. */

const LEAST_MAJOR = 14;
/** All three are "trusted": the owner of a database may create them, where the contrib package is installed. */
const EXTENSIONS = ['pg_trgm', 'unaccent', 'fuzzystrmatch'] as const;

/** The server or the database lacks something that an administrator must provide; the message says what. */
export class DatabaseRequirementError extends StartError {
  override name = 'DatabaseRequirementError';
}

/** @throws DatabaseRequirementError when the server is older than what is tested */
export async function checkServerVersion(sql: Sql): Promise<void> {
  const [row] = await sql.query<{ num: string; name: string }>(
    {},
    `select current_setting('server_version_num') as num, current_setting('server_version') as name`,
  );
  if (Math.floor(Number(row?.num) / 10_000) >= LEAST_MAJOR) return;
  throw new DatabaseRequirementError(`PostgreSQL ${row?.name ?? ''} is too old: Damson needs ${LEAST_MAJOR} or newer`);
}

/**
 * Creates the extensions that are missing.
 * @throws DatabaseRequirementError naming those that cannot be created here, and the statements for an administrator
 */
export async function provideExtensions(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string; there: boolean; available: boolean }>(
    `select name, exists (select 1 from pg_extension where extname = name) as there,
       exists (select 1 from pg_available_extensions a where a.name = wanted.name) as available
     from unnest($1::text[]) as wanted (name)`,
    [EXTENSIONS],
  );
  const refused: string[] = [];
  for (const { name, available } of rows.filter(({ there }) => !there)) {
    if (!available) throw notInstalled(rows.filter((row) => !row.there && !row.available).map((row) => row.name));
    try {
      await client.query(`create extension if not exists ${name}`);
    } catch (error) {
      if (pgCode(error) !== '42501') throw error;
      refused.push(name);
    }
  }
  if (refused.length === 0) return;
  const statements = refused.map((name) => `CREATE EXTENSION ${name};`).join(' ');
  throw new DatabaseRequirementError(
    `The database user may not create the extensions Damson needs. Let an administrator run this in Damson's database, then start again: ${statements}`,
  );
}

function notInstalled(names: readonly string[]): DatabaseRequirementError {
  return new DatabaseRequirementError(
    `The PostgreSQL server does not have the extensions ${names.join(', ')}: install its contrib package (Debian: postgresql-contrib)`,
  );
}
