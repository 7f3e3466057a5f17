import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../../config/config.ts';
import type { Env } from '../../config/env.ts';
import { createApp } from '../../src/app.ts';
import { type Container, createContainer } from '../../src/container.ts';
import type { Adapters } from '../../src/container/adapters.ts';
import { type Ctx, systemContext } from '../../src/context.ts';
import type { Role, Scope } from '../../src/context.ts';
import { scopesOfVerbs, verbsOfRole } from '../../src/modules/core/permissions/index.ts';
import { freePort } from '../../src/platform/free-port.ts';
import { createHttpServer } from '../../src/platform/http/server.ts';
import { createLogger, type Log } from '../../src/platform/log.ts';
import { createTestDatabase } from './database.ts';
import { takePlace } from './places.ts';

/** A whole Damson on a database of its own: what integration and browser tests talk to. */

/** The password of everybody that `as` makes. */
export const PASSWORD = 'a-long-enough-password';
export const ADMIN = { email: 'admin@example.com', password: 'correct-horse-battery' };
const ALL: Scope[] = ['assets:read', 'assets:write', 'assets:publish', 'folders:write'];

export interface TestServer {
  readonly url: string;
  readonly container: Container;
  readonly dataDir: string;
  /** A context of the system in the first workspace. */
  readonly ctx: Ctx;
  /** `fetch` with an administrator's API key; paths begin at the root. */
  api(path: string, init?: RequestInit): Promise<Response>;
  /** `fetch` without any credential. */
  raw(path: string, init?: RequestInit): Promise<Response>;
  /** A member with this role; `fetch` with an API key of theirs, limited to the scopes. */
  as(role: Role, scopes?: Scope[]): Promise<{ key: string; userId: string; email: string; api: TestServer['api'] }>;
  /** Signs in with the password; the cookie to send. */
  signIn(email?: string, password?: string): Promise<string>;
  close(): Promise<void>;
}

export interface ServerOptions {
  readonly env?: Env;
  readonly overrides?: Partial<Adapters>;
  /** Where lines go; default: the terminal, by TEST_LOG. */
  readonly log?: Log;
  /** Work jobs in this process; default true. */
  readonly work?: boolean;
  /** Serve the built web app from `dist/web`; default false. */
  readonly web?: boolean;
}

const WEB_DIR = fileURLToPath(new URL('../../dist/web', import.meta.url));

export async function startServer(options: ServerOptions = {}): Promise<TestServer> {
  const [database, place] = [await createTestDatabase(), await takePlace()];
  const dataDir = await mkdtemp(join(tmpdir(), 'damson-test-'));
  const port = await freePort('127.0.0.1');
  const config = loadConfig({
    NODE_ENV: 'test',
    PORT: String(port),
    DATA_DIR: dataDir,
    DATABASE_URL: database.url,
    APP_SECRET: 'test-secret-of-more-than-thirty-two-characters',
    ADMIN_EMAIL: ADMIN.email,
    ADMIN_PASSWORD: ADMIN.password,
    LOG_LEVEL: process.env['TEST_LOG'] ?? 'silent',
    RATE_LIMIT: 'off',
    ...place.env,
    ...options.env,
  });
  const log = options.log ?? createLogger({ level: config.log.level, format: 'pretty' });
  const container = await createContainer(config, { log, overrides: options.overrides });
  const server = createHttpServer(
    createApp(container, { webDir: options.web ? WEB_DIR : null, checkResponses: true }),
    container.delivery.hot,
  );
  await server.listen(port, '127.0.0.1');
  if (options.work !== false) await container.work();
  const url = config.http.publicUrl;
  const ctx = systemContext(container.workspaceId);
  const withKey =
    (key: string) =>
    (path: string, init: RequestInit = {}) =>
      fetch(url + path, { ...init, headers: { Authorization: `Bearer ${key}`, ...headersOf(init) } });
  const keyOf = async (userId: string, role: Role, scopes: Scope[]): Promise<string> => {
    const actor = { kind: 'user' as const, id: userId, userId, role, scopes: null };
    return (await container.identity.apiKeys.create({ ...ctx, actor }, { name: `test ${role}`, scopes })).key;
  };
  const admin = (await container.identity.members.list(ctx)).items[0];
  if (!admin) throw new Error('there is no administrator');
  const adminKey = await keyOf(admin.userId, 'admin', ALL);
  let people = 0;
  return {
    url,
    container,
    dataDir,
    ctx,
    api: withKey(adminKey),
    raw: (path, init) => fetch(url + path, init),
    as: async (role, scopes = ['assets:read', 'assets:write', 'assets:publish', 'folders:write']) => {
      const asAdmin = {
        ...ctx,
        actor: { kind: 'user' as const, id: admin.userId, userId: admin.userId, role: 'admin' as const, scopes: null },
      };
      const { member } = await container.identity.members.invite(asAdmin, {
        email: `person${++people}@example.com`,
        name: `Person ${people}`,
        role,
        password: PASSWORD,
      });
      const allowed = scopesOfVerbs(verbsOfRole(role));
      const key = await keyOf(
        member.userId,
        role,
        scopes.filter((scope) => allowed.includes(scope)),
      );
      return { key, userId: member.userId, email: member.email, api: withKey(key) };
    },
    signIn: async (email = ADMIN.email, password = ADMIN.password) => {
      const response = await fetch(`${url}/api/auth/sign-in/email`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', Origin: url },
        body: JSON.stringify({ email, password }),
      });
      if (!response.ok) throw new Error(`sign-in answered ${response.status}: ${await response.text()}`);
      return response.headers
        .getSetCookie()
        .map((cookie) => cookie.split(';')[0])
        .join('; ');
    },
    close: async () => {
      await server.close(2000);
      await container.close();
      await place.remove();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function headersOf(init: RequestInit): Record<string, string> {
  return Object.fromEntries(new Headers(init.headers).entries());
}

/** Asks until the answer is there; fails with what was seen last. Never a plain sleep. */
export async function eventually<T>(
  ask: () => Promise<T | null | undefined | false>,
  options: { ms?: number; what?: string } = {},
): Promise<T> {
  const until = Date.now() + (options.ms ?? 30_000);
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > until) throw new Error(`${options.what ?? 'it'} did not happen within ${options.ms ?? 30_000} ms`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Uploads one file by multipart; the parsed answer. */
export async function upload(
  api: TestServer['api'],
  name: string,
  bytes: Buffer,
  fields: Record<string, string> = {},
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Record<string, any> }> {
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(bytes)]), name);
  for (const [key, value] of Object.entries(fields)) form.append(key, value);
  const response = await api('/api/v1/assets', { method: 'POST', body: form, headers });
  return { status: response.status, body: (await response.json()) as Record<string, any> };
}

/** The asset once it has left `processing`. */
export function settled(api: TestServer['api'], id: string): Promise<Record<string, any>> {
  return eventually(
    async () => {
      const asset = (await (await api(`/api/v1/assets/${id}`)).json()) as Record<string, any>;
      return asset['status'] === 'processing' ? null : asset;
    },
    { what: `asset ${id} becoming ready` },
  );
}
