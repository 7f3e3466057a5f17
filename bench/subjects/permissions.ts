import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../config/config.ts';
import { createApp } from '../../src/app.ts';
import { createContainer } from '../../src/container.ts';
import { type Ctx, systemContext } from '../../src/context.ts';
import { freePort } from '../../src/platform/free-port.ts';
import { createHttpServer } from '../../src/platform/http/server.ts';
import { createLogger } from '../../src/platform/log.ts';
import { serveChild } from '../lib/child.ts';
import { seedLibrary, TOPS } from '../permissions/seed.ts';

/**
 * A whole Damson (embedded stack, fsync on) with as many assets as the first argument says in 10,000 folders and 1,000 grants. Ready it says
 * `{url, actors, seededMs, large, viewer, postgres}`: a cookie by actor, the folder with a tenth of all assets, and somebody to grant it to.
 */

const count = Number(process.argv[2] ?? 10_000);
const PASSWORD = 'a-password-for-the-bench';

const dataDir = await mkdtemp(join(tmpdir(), 'damson-bench-'));
const port = await freePort('127.0.0.1');
const config = loadConfig({
  ...process.env,
  PORT: String(port),
  DATA_DIR: dataDir,
  ADMIN_EMAIL: 'bench@example.com',
  ADMIN_PASSWORD: PASSWORD,
  LOG_LEVEL: process.env['BENCH_LOG'] ?? 'warn',
  RATE_LIMIT: 'off',
});
const container = await createContainer(config, { log: createLogger({ level: config.log.level, format: 'pretty' }) });
const server = createHttpServer(createApp(container, { webDir: null }), container.delivery.hot);
await server.listen(port, '127.0.0.1');
const url = config.http.publicUrl;

const system = systemContext(container.workspaceId);
const [boss] = (await container.identity.members.list(system)).items;
if (!boss) throw new Error('there is no administrator');
const admin: Ctx = { ...system, actor: { kind: 'user', id: boss.userId, userId: boss.userId, role: 'admin', scopes: null } };

async function cookieOf(email: string): Promise<string> {
  const response = await fetch(`${url}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Origin: url },
    body: JSON.stringify({ email, password: PASSWORD }),
  });
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ');
}

/** Somebody of this role who is granted these folders through a group of their own. */
async function actor(name: string, role: string, folders: readonly string[]): Promise<{ userId: string; cookie: string }> {
  const email = `${name}@example.com`;
  const { member } = await container.identity.members.invite(admin, { email, name, role, password: PASSWORD });
  if (folders.length > 0) {
    const group = await container.identity.groups.create(admin, name);
    await container.identity.groups.addMember(admin, group.id, member.userId);
    const principal = { kind: 'group' as const, id: group.id };
    for (const id of folders)
      await container.folders.access.grant(admin, id, { principal, preset: 'viewer', effect: 'allow', until: null });
  }
  return { userId: member.userId, cookie: await cookieOf(email) };
}

const seeding = performance.now();
const seeded = await seedLibrary(container.database, system, count);
const viewer = await actor('all', 'viewer', []);
const actors = {
  none: await cookieOf(boss.email),
  all: viewer.cookie,
  // A third of the folders that share nine tenths of the assets: 30 % of all.
  third: (await actor('third', 'vendor', seeded.tops.slice(1, 1 + TOPS / 3))).cookie,
  hundredth: (await actor('hundredth', 'vendor', seeded.tops.slice(50, 51))).cookie,
  few: (await actor('few', 'vendor', [seeded.old])).cookie,
};

serveChild(
  {
    ...{ url, actors, large: seeded.large, viewer: viewer.userId, seededMs: performance.now() - seeding },
    postgres: (await container.searchEngine.describe()).version,
  },
  () => Promise.resolve({}),
  async () => {
    await server.close(2_000);
    await container.close();
    await rm(dataDir, { recursive: true, force: true });
  },
);
