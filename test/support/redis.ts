import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from 'mocha';
import { freePort } from '../../src/platform/free-port.ts';
import { skipEngine } from './engines.ts';
import { until } from './until.ts';

/** Redis servers with settings of their own, and servers that only look like one. */

export interface OwnRedis {
  readonly port: number;
  stop(): Promise<void>;
}

/** A real server on the loopback interface that keeps nothing; skips the test where none is installed. */
export async function startRedis(test: Context, args: readonly string[] = [], port?: number): Promise<OwnRedis> {
  if (spawnSync('redis-server', ['--version'], { stdio: 'ignore' }).status !== 0) skipEngine(test, 'redis', 'install redis-server');
  const [dir, plain] = [await mkdtemp(join(tmpdir(), 'damson-redis-')), port ?? (await freePort('127.0.0.1'))];
  const common = ['--bind', '127.0.0.1', '--save', '', '--dir', dir, '--maxmemory-policy', 'noeviction'];
  const child: ChildProcess = spawn('redis-server', ['--port', String(plain), ...common, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await until('redis-server listening', () => {
    if (child.exitCode !== null) throw new Error(`redis-server ended: ${output}`);
    return output.includes('Ready to accept connections');
  });
  return {
    port: plain,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** A server that answers each piece it is sent with what `answer` says; undefined = nothing. */
export async function startPretender(answer: (sent: string, socket: Socket) => string | undefined): Promise<OwnRedis> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      const said = answer(chunk.toString('latin1'), socket);
      if (said !== undefined) socket.write(said);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** As Redis answers INFO, with these lines; OK to everything else. */
export function infoOf(lines: Readonly<Record<string, string>>): (sent: string) => string {
  const text = Object.entries(lines)
    .map(([name, value]) => `${name}:${value}\r\n`)
    .join('');
  return (sent) => (/info/i.test(sent) ? `$${text.length}\r\n${text}\r\n` : '+OK\r\n');
}
