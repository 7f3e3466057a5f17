/**
 * `npm run dev`: the server restarted on every change (from source, through tsx) and Vite's own server for the web
 * app with its proxy to the API. Ends both together.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (path) => join(ROOT, 'node_modules', path);
const start = (...args) => spawn(process.execPath, args, { cwd: ROOT, stdio: 'inherit' });

const children = [start('--enable-source-maps', bin('tsx/dist/cli.mjs'), 'watch', '--clear-screen=false', 'src/main.ts')];
if (existsSync(join(ROOT, 'web', 'index.html'))) children.push(start(bin('vite/bin/vite.js'), 'web'));

const stop = (signal) => {
  for (const child of children) child.kill(signal);
};
process.on('SIGINT', () => stop('SIGINT'));
process.on('SIGTERM', () => stop('SIGTERM'));
for (const child of children) {
  child.on('exit', (code) => {
    stop('SIGTERM');
    process.exitCode ||= code ?? 0;
  });
}
