#!/usr/bin/env node
/**
 * The `damson` command: prepares a clone when it needs it, then hands over to the built CLI in this process,
 * so that signals, exit codes and stdout are the CLI's own. In the container image there is nothing to prepare.
 */
import { existsSync } from 'node:fs';

const main = new URL('../dist/src/cli/main.js', import.meta.url);
const preparation = new URL('../scripts/bootstrap.mjs', import.meta.url);

if (existsSync(preparation)) {
  const { bootstrapOrExit } = await import(preparation.href);
  bootstrapOrExit({ build: true });
}
if (!existsSync(main)) {
  process.stderr.write('damson  The command line is not part of this build (dist/src/cli/main.js is missing).\n');
  process.exit(1);
}
process.setSourceMapsEnabled(true);
await import(main.href);
