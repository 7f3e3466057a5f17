import { loadConfig } from '../../config/config.ts';
import { DONE, readArgs, type Verb } from './verb.ts';

export const start: Verb = {
  usage: 'start',
  summary: 'Start the server and, with ROLES=web,worker, the workers',
  help: `Configured by environment variables (docs/configuration.md), e.g. PORT, HOST, DATA_DIR.
Ends cleanly on SIGTERM and SIGINT.`,
  async run(args) {
    readArgs(args, {});
    const config = loadConfig();
    const { serve } = await import('../serve.ts');
    await serve(config);
    return DONE;
  },
};
