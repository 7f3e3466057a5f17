import { systemContext } from '../context.ts';
import { print, printJson, progressBar } from './output.ts';
import { DONE, FAILED, readArgs, type Verb } from './verb.ts';

export const reindex: Verb = {
  usage: 'reindex',
  summary: 'Build the search documents of all assets again',
  help: `  --check   only compare the search engine with the database; exit code 1 when they differ
  --json    print the result as JSON

Runs while the server runs; searches go on meanwhile.`,
  async run(args) {
    const { values } = readArgs(args, { check: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } });
    const { withContainer } = await import('./with-container.ts');
    return withContainer(async ({ search, workspaceId }) => {
      const ctx = systemContext(workspaceId, { requestId: 'cli' });
      if (values.check) {
        const drift = await search.drift(ctx);
        if (values.json) printJson(drift);
        else print(`${drift.missing} assets without document, ${drift.stale} documents too old, ${drift.ghosts} without asset.`);
        return drift.missing + drift.stale + drift.ghosts === 0 ? DONE : FAILED;
      }
      const bar = progressBar(String);
      const result = await search.reindex(ctx, ({ done, removed }) => bar.show(done + removed, done + removed, 'documents'));
      bar.end();
      if (values.json) printJson(result);
      else print(`${result.done} documents written, ${result.removed} removed.`);
      return DONE;
    });
  },
};
