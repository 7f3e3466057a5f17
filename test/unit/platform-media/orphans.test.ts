import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { cameraJpeg } from '../../support/fixtures/images.ts';
import { requireTool } from '../../support/tools.ts';
import { until } from '../../support/until.ts';

/** Command lines of living processes (not zombies) that mention `text`. */
function processesWith(text: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/environ`, 'utf8') + readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return line.includes(text) ? [line] : [];
      } catch {
        // It ended while we looked.
        return [];
      }
    });
}

describe('decoders of a server that is killed', () => {
  let directory: string;
  let server: ChildProcess;
  before(function () {
    requireTool(this, 'namespaces');
    requireTool(this, 'perl');
    directory = mkdtempSync(join(tmpdir(), 'damson-killed-'));
  });
  after(() => {
    server?.kill('SIGKILL');
    if (directory) rmSync(directory, { recursive: true, force: true });
  });

  it('end with it', async () => {
    writeFileSync(join(directory, 'photo.jpg'), await cameraJpeg());
    const script = join(directory, 'server.mts');
    const create = pathToFileURL(join(process.cwd(), 'src/platform/media/create.ts')).href;
    writeFileSync(
      script,
      `import { createMedia } from '${create}';
       const log = { debug() {}, info() {}, warn() {}, error() {} };
       const media = createMedia({ slots: 1, sandbox: 'auto', maxPixels: 1e8, tempDir: '${directory}/jobs', searchPath: '/usr/bin:/bin', production: true, log });
       const file = { path: '${directory}/photo.jpg', bytes: 1 };
       const options = { signal: new AbortController().signal, deadlineMs: 30000, lane: 'ingest' };
       const found = await media.identify(file, 'x', options);
       await media.metadata(file, found, options);
       process.stdout.write('ready');`,
    );
    const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
    server = spawn(process.execPath, ['--import', tsx, script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(server.stdout ?? server, 'data');
    // The raster child and ExifTool carry the private directory in their environment.
    expect(processesWith(`${directory}/jobs`).length).to.be.at.least(2);
    server.kill('SIGKILL');
    await until('the decoders to end', () => processesWith(`${directory}/jobs`).length === 0);
  });
});
