import { print, printJson } from './output.ts';
import { DONE, readArgs, type Verb } from './verb.ts';

export const migrate: Verb = {
  usage: 'migrate',
  summary: 'Bring the database to this version’s schema',
  help: `  --json   print the applied migrations as JSON

Does nothing when all are applied; several at once take turns.`,
  async run(args) {
    const { values } = readArgs(args, { json: { type: 'boolean', default: false } });
    const { inspectQuietly } = await import('./with-container.ts');
    const applied = await inspectQuietly(({ database }) => database.migrate());
    if (values.json) printJson({ applied });
    else print(applied.length === 0 ? 'The schema is up to date.' : `Applied:\n${applied.map((name) => `  ${name}`).join('\n')}`);
    return DONE;
  },
};
