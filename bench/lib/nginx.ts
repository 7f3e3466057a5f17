import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../src/platform/free-port.ts';
import type { HotBody } from './hot-body.ts';

/** nginx with two workers that sends one file from disk with these headers; null when it is not installed. */
export interface Nginx {
  readonly url: string;
  readonly version: string;
  close(): Promise<void>;
}

export async function startNginx({ body, headers }: HotBody): Promise<Nginx | null> {
  const said = spawnSync('nginx', ['-v'], { encoding: 'utf8' });
  if (said.error) return null;
  const folder = await mkdtemp(join(tmpdir(), 'damson-bench-nginx-'));
  const port = await freePort('127.0.0.1');
  const { 'content-type': type, 'content-length': _length, etag: _etag, 'last-modified': _modified, ...others } = headers;
  const added = Object.entries(others).map(([name, value]) => `add_header ${name} '${value.replaceAll("'", '')}';`);
  await writeFile(join(folder, 'body.webp'), body);
  await writeFile(
    join(folder, 'nginx.conf'),
    `daemon off; worker_processes 2; pid ${folder}/pid; error_log ${folder}/error.log; ${process.getuid?.() === 0 ? 'user root;' : ''}
events { worker_connections 512; }
http {
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; types { } default_type ${type};
  open_file_cache max=10;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  server { listen 127.0.0.1:${port}; root ${folder}; ${added.join(' ')} }
}
`,
  );
  const child = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], { stdio: ['ignore', 'inherit', 'inherit'] });
  const close = async () => {
    if (child.exitCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    await rm(folder, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}/body.webp`;
  for (const until = Date.now() + 10_000; Date.now() < until; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const bytes = await fetch(url).then(
      async (answer) => (await answer.arrayBuffer()).byteLength,
      () => 0,
    );
    if (bytes === body.length) return { url, version: /nginx\/(\S+)/.exec(said.stderr)?.[1] ?? 'unknown', close };
  }
  await close();
  throw new Error('nginx did not start');
}
