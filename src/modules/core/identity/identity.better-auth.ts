import { APIError } from '@better-auth/core/error';
import { betterAuth } from 'better-auth';
import { createAuthMiddleware } from 'better-auth/api';
import { magicLink } from 'better-auth/plugins';
import pg from 'pg';
import { isError } from '../../../errors.ts';
import { newId } from '../../../platform/database/uuid.ts';
import type { Log } from '../../../platform/log.ts';
import { ownOrigin } from './identity.origins.ts';

/** Our own header for the caller's address: set by the handler, never taken from the client. */
export const ADDRESS_HEADER = 'x-damson-address';
export const REQUEST_ID_HEADER = 'x-damson-request-id';

export const SESSION_DAYS = 30;
export const LINK_HOURS = 24;

export interface AuthEvents {
  /** Before the password is looked at. Throws 429 after too many attempts. */
  attempt(email: string, headers: Headers): Promise<void>;
  signedIn(userId: string, by: 'password' | 'link', headers: Headers): Promise<void>;
  refused(email: string, headers: Headers): Promise<void>;
}

export interface AuthOptions {
  readonly databaseUrl: string;
  readonly publicUrl: string;
  readonly trustedOrigins: readonly string[];
  readonly secret: string;
  readonly cookieName: string;
  readonly log: Log;
  readonly passwords: { hash(password: string): Promise<string>; verify(stored: string, password: string): Promise<boolean> };
  readonly events: AuthEvents;
}

export type Auth = ReturnType<typeof makeAuth>;

/** Signing in is a handful of look-ups by key: whatever takes longer than this waits for something that is broken. */
const SESSION = '-c search_path=auth,public -c statement_timeout=15s -c lock_timeout=5s';

/**
 * better-auth as we use it: sign-in by password and by one-time link, sessions. Sign-up, mail and everything else is off.
 * Construct it only after the migrations: it looks at its tables once and remembers what it saw.
 */
export function makeAuth(options: AuthOptions) {
  const { events, log } = options;
  const pool = new pg.Pool({ connectionString: options.databaseUrl, max: 4, connectionTimeoutMillis: 10_000, options: SESSION });
  pool.on('error', (error) => log.warn({ err: error }, 'idle sign-in connection lost'));
  const secure = options.publicUrl.startsWith('https:');
  const auth = betterAuth({
    appName: 'Damson',
    baseURL: options.publicUrl,
    basePath: '/api/auth',
    secret: options.secret,
    database: pool,
    trustedOrigins: (request) => [...options.trustedOrigins, ...ownOrigin(request?.headers)],
    user: { modelName: 'account_user', fields: { emailVerified: 'email_verified' } },
    session: { expiresIn: SESSION_DAYS * 86_400, updateAge: 86_400 },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      maxPasswordLength: 200,
      password: {
        hash: (password) => options.passwords.hash(password),
        verify: ({ hash, password }) => options.passwords.verify(hash, password),
      },
    },
    plugins: [
      magicLink({
        disableSignUp: true,
        expiresIn: LINK_HOURS * 3600,
        storeToken: 'hashed',
        // Not mailed: whoever asked for the link (only we can, see `isOpen`) takes the token from here.
        sendMagicLink: ({ token, metadata }) => {
          const take: unknown = metadata?.['take'];
          if (typeof take === 'function') take(token);
        },
      }),
    ],
    hooks: {
      before: createAuthMiddleware(async (ctx) => {
        if (ctx.path !== '/sign-in/email') return;
        await events.attempt(emailOf(ctx.body), ctx.headers ?? new Headers()).catch((error: unknown) => {
          if (!isError(error, 'too_many_requests')) throw error;
          throw new APIError('TOO_MANY_REQUESTS', { code: 'TOO_MANY_REQUESTS', message: error.message }, error.headers);
        });
      }),
      after: createAuthMiddleware(async (ctx) => {
        const headers = ctx.headers ?? new Headers();
        const session = ctx.context.newSession;
        if (ctx.path === '/sign-in/email' && session) await events.signedIn(session.user.id, 'password', headers);
        else if (ctx.path === '/sign-in/email' && isUnauthorized(ctx.context.returned)) await events.refused(emailOf(ctx.body), headers);
        else if (ctx.path === '/magic-link/verify' && session) await events.signedIn(session.user.id, 'link', headers);
      }),
    },
    advanced: {
      useSecureCookies: false,
      cookiePrefix: options.cookieName,
      cookies: { session_token: { name: options.cookieName, attributes: { secure } } },
      defaultCookieAttributes: { secure, httpOnly: true, sameSite: 'lax', path: '/' },
      // Said in words, since better-auth turns both checks off by itself under NODE_ENV=test.
      disableCSRFCheck: false,
      disableOriginCheck: false,
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
      database: { generateId: () => newId() },
    },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: {
      disableColors: true,
      // A wrong password is an everyday event to us; what matters is in the audit log.
      log: (level, message) => log[level === 'error' ? 'warn' : 'debug']({ from: 'better-auth' }, message),
    },
  });
  return { auth, close: () => pool.end() };
}

/** The paths of better-auth that are open to the outside; everything else it could do answers 404. */
export function isOpen(method: string, path: string): boolean {
  return method === 'POST' && (path === '/api/auth/sign-in/email' || path === '/api/auth/sign-out');
}

/** A one-time link's token for the person with this address. */
export async function makeLinkToken(auth: Auth, email: string): Promise<string> {
  let token: string | undefined;
  const take = (made: string): void => {
    token = made;
  };
  await auth.auth.api.signInMagicLink({ body: { email, metadata: { take } }, headers: new Headers() });
  if (token === undefined) throw new Error('better-auth made no sign-in link');
  return token;
}

function emailOf(body: unknown): string {
  const email: unknown = typeof body === 'object' && body !== null && 'email' in body ? body.email : undefined;
  return typeof email === 'string' ? email.toLowerCase() : '';
}

function isUnauthorized(returned: unknown): boolean {
  return typeof returned === 'object' && returned !== null && 'statusCode' in returned && returned.statusCode === 401;
}
