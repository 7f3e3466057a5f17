import { printJson } from './output.ts';
import { DONE, readArgs, type Verb } from './verb.ts';

export const openapi: Verb = {
  usage: 'openapi',
  summary: 'Print the OpenAPI 3.1 document of the API',
  help: `  --url URL   the server's address to put into it; left out by default

Needs neither a database nor a server.`,
  async run(args) {
    const { values } = readArgs(args, { url: { type: 'string' }, json: { type: 'boolean' } });
    const { buildOpenApi } = await import('../openapi.ts');
    printJson(buildOpenApi(values.url));
    return DONE;
  },
};
