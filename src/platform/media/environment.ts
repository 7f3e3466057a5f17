import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';

const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';

/** What a decoder gets of the environment: where programs are, and nothing that belongs to the service. */
export function childEnvironment(tempDir: string, more: Record<string, string> = {}): Record<string, string> {
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    LANG: 'C.UTF-8',
    // From source, tsx keeps compiled files here; a fresh directory for each job would compile everything anew.
    TMPDIR: extension === '.ts' ? tmpdir() : tempDir,
    HOME: tempDir,
    MALLOC_ARENA_MAX: '2',
    ...more,
  };
}

/** Node's argument that lets a child run TypeScript, by full address: a job's working directory is not the project's. */
function typescriptLoader(): string[] {
  const loader = createRequire(import.meta.url).resolve('tsx');
  return ['--import', pathToFileURL(loader).href];
}

/** Path of a child's entry beside this folder, in source or compiled form, and node's arguments to run it. */
export function childEntry(name: string): { path: string; execArgv: string[] } {
  const path = fileURLToPath(new URL(`./${name}${extension}`, import.meta.url));
  // The trap handler reserves 10 GB of addresses per WebAssembly memory, more than a child's limit; without it V8 checks bounds.
  const flags = ['--disable-wasm-trap-handler'];
  return { path, execArgv: extension === '.ts' ? [...flags, ...typescriptLoader()] : flags };
}
