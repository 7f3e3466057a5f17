import { pgCode } from './pg-errors.ts';

/**
 * Why a server of others does not let us in, in a sentence that says what to look at; null for what is no matter of the connection. It never
 * holds the password.
 */
export function explainConnect(error: unknown, url: string): string | null {
  const { hostname, port, pathname, username, searchParams } = new URL(url);
  const at = `PostgreSQL at ${searchParams.get('host') ?? (hostname || 'localhost')}:${port || 5432}`;
  const inner = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const message = inner instanceof Error ? inner.message : '';
  const code = pgCode(inner) ?? '';
  switch (code) {
    case '28P01':
      return `${at} refuses the password of "${decoded(username)}": correct DATABASE_URL.`;
    case '28000':
      return `${at} does not let "${decoded(username)}" in (${message}): correct DATABASE_URL, or pg_hba.conf of the server.`;
    case '3D000':
      return `The database "${decoded(pathname.slice(1))}" does not exist at ${at}: create it, or correct DATABASE_URL.`;
    case '42501':
      return `"${decoded(username)}" may not use the database at ${at} (${message}).`;
    case '53300':
      return `${at} has no connection left: raise max_connections, or lower DATABASE_POOL_SIZE.`;
    case 'ECONNREFUSED':
    case 'ENOENT':
      return `Nothing listens there: ${at}. Start the server, or correct DATABASE_URL.`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `The name of the host is not known: ${at}. Correct DATABASE_URL.`;
  }
  if (message.includes('does not support SSL')) return `${at} does not speak TLS: leave sslmode out of DATABASE_URL, or turn it on there.`;
  if (/CERT|SELF_SIGNED|ALTNAME|VERIFY|ISSUER/.test(code))
    return `The certificate of ${at} is not trusted (${code}): name its authority in DATABASE_URL (sslmode=verify-full&sslrootcert=/path/ca.pem).`;
  if (/timeout/i.test(message)) return `${at} accepts connections but does not answer in time, or a firewall swallows them.`;
  return null;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
