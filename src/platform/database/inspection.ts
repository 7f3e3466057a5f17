import { randomUUID } from 'node:crypto';
import type { Database } from './database.ts';

/** What a server offers, and what about it endangers data or will not work; for `doctor`. */
export interface DatabaseInspection {
  readonly features: readonly string[];
  /** In sentences for people. */
  readonly problems: readonly string[];
}

const NOTIFICATION_MS = 2000;
/** Of one web process and one worker with their default pools, and some for an administrator. */
const LEAST_CONNECTIONS = 50;

interface Settings {
  readonly fsync: string;
  readonly full_page_writes: string;
  readonly synchronous_commit: string;
  readonly server_encoding: string;
  readonly max_connections: string;
  readonly tls: boolean;
  readonly extensions: string[];
}

/** Looks at the settings that matter, and whether notifications get through. @throws when the server cannot be reached */
export async function inspectDatabase({ sql, notifications }: Pick<Database, 'sql' | 'notifications'>): Promise<DatabaseInspection> {
  const [found] = await sql.query<Settings>(
    {},
    `select current_setting('fsync') as fsync, current_setting('full_page_writes') as full_page_writes,
       current_setting('synchronous_commit') as synchronous_commit, current_setting('server_encoding') as server_encoding,
       current_setting('max_connections') as max_connections,
       coalesce((select ssl from pg_stat_ssl where pid = pg_backend_pid()), false) as tls,
       array(select extname::text from pg_extension where extname <> 'plpgsql' order by 1) as extensions`,
  );
  if (!found) return { features: [], problems: [] };
  const problems: string[] = [];
  if (found.fsync === 'off' || found.full_page_writes === 'off')
    problems.push('fsync or full_page_writes is off: a power cut destroys the database');
  else if (found.synchronous_commit === 'off') problems.push('synchronous_commit is off: a crash loses uploads that were acknowledged');
  if (found.server_encoding !== 'UTF8') problems.push(`the database is encoded in ${found.server_encoding}, it must be UTF8`);
  if (Number(found.max_connections) < LEAST_CONNECTIONS)
    problems.push(
      `max_connections is ${found.max_connections}: a web process and a worker with their default pools need ${LEAST_CONNECTIONS}`,
    );
  if (!(await notified(notifications)))
    problems.push('notifications do not arrive: a pooler in transaction mode stands between; connect directly or in session mode');
  return { features: [found.tls ? 'TLS' : 'no TLS', ...found.extensions], problems };
}

/** Sends itself a notification. */
async function notified(notifications: Database['notifications']): Promise<boolean> {
  const token = randomUUID();
  let timer: NodeJS.Timeout | undefined;
  let stop: () => Promise<void> = async () => undefined;
  const arrived = new Promise<boolean>((resolve, reject) => {
    timer = setTimeout(() => resolve(false), NOTIFICATION_MS);
    notifications
      .listen('damson_doctor', (payload) => void (payload === token && resolve(true)))
      .then((ended) => {
        stop = ended;
        return notifications.notify({}, 'damson_doctor', token);
      })
      .catch(reject);
  });
  try {
    return await arrived;
  } finally {
    clearTimeout(timer);
    await stop();
  }
}
