import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { childEnvironment } from './environment.ts';
import type { JobRoom, Limits, Sandbox } from './sandbox.ts';

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** What every call says before its own arguments: no terminal, local files only, and only the container that was recognised. */
export function inputGuards(demuxers: string): string[] {
  return ['-protocol_whitelist', 'file', '-format_whitelist', demuxers];
}

/**
 * Writes the program that fluent-ffmpeg starts instead of ffmpeg: an empty environment, the sandbox of the job's room, then
 * ffmpeg with its guards. Everything is decided here; fluent-ffmpeg only adds arguments.
 */
export async function writeLauncher(sandbox: Sandbox, room: JobRoom, ffmpeg: string, demuxers: string, limits: Limits): Promise<string> {
  const command = sandbox.wrap([ffmpeg, '-nostdin', '-hide_banner', ...inputGuards(demuxers)], limits, room);
  const environment = Object.entries(childEnvironment(room.directory)).map(([name, value]) => quoted(`${name}=${value}`));
  const path = join(room.directory, 'launch');
  await writeFile(path, `#!/bin/sh\nexec env -i ${environment.join(' ')} ${command.map(quoted).join(' ')} "$@"\n`);
  await chmod(path, 0o700);
  return path;
}
