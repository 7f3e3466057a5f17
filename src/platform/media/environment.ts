/** What a decoder gets of the environment: where programs are, and nothing that belongs to the service. */
export function childEnvironment(tempDir: string, more: Record<string, string> = {}): Record<string, string> {
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    LANG: 'C.UTF-8',
    TMPDIR: tempDir,
    HOME: tempDir,
    MALLOC_ARENA_MAX: '2',
    ...more,
  };
}

const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';

/** Path of a child's entry beside this folder, in source or compiled form, and node's arguments to run it. */
export function childEntry(name: string): { path: string; execArgv: string[] } {
  const { pathname } = new URL(`./${name}${extension}`, import.meta.url);
  const path = decodeURIComponent(pathname);
  // The trap handler reserves 10 GB of addresses per WebAssembly memory, more than a child's limit; without it V8 checks bounds.
  const flags = ['--disable-wasm-trap-handler'];
  // By full address: a job's working directory is not the project's.
  return { path, execArgv: extension === '.ts' ? [...flags, '--import', import.meta.resolve('tsx')] : flags };
}
