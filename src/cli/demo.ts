import { print, printJson } from './output.ts';
import { DONE, FAILED, readArgs, UsageError, type Verb } from './verb.ts';

const MOST = 5000;

export const demo: Verb = {
  usage: 'demo [--count N] [--seed TEXT]',
  summary: 'Fill the library with the pictures of an invented brand, or take them away',
  help: `  --count N     how many files; default 200, at most ${MOST}
  --seed TEXT   another seed, another library; the same seed, the same one
  --remove      move what the demo made to the trash, and remove its folders where they are empty
  --json        print the result as JSON

Called again it adds what is missing. Everything carries the tag "demo". Works while the server runs and while it
does not; previews are made when a server or worker runs. Films need ffmpeg and are left out without it.`,
  async run(args) {
    const { values, positionals } = readArgs(args, {
      count: { type: 'string', default: '200' },
      seed: { type: 'string', default: 'plumfield' },
      remove: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    });
    if (positionals.length > 0) throw new UsageError(`"${positionals.join(' ')}" is not understood`);
    const count = Number(values.count);
    if (!Number.isInteger(count) || count < 1 || count > MOST) throw new UsageError(`--count takes 1 to ${MOST}`);
    const { withContainer } = await import('./with-container.ts');
    const { fillDemo, removeDemo } = await import('./demo-library.ts');
    return withContainer(async (container) => {
      if (values.remove) {
        const removed = await removeDemo(container);
        if (values.json) printJson(removed);
        else if (removed.assets === 0) print('There is nothing of the demo library.');
        else print(`${removed.assets} assets are in the trash, ${removed.folders} empty folders are gone.`);
        return DONE;
      }
      const made = await fillDemo(container, { seed: values.seed, count });
      if (values.json) printJson(made);
      else {
        print(`${made.created} files made${made.present > 0 ? `, ${made.present} were there` : ''}, in ${made.seconds.toFixed(1)} s.`);
        if (made.skipped > 0) print(`${made.skipped} films were left out: there is no ffmpeg that can make them.`);
        for (const { name, reason } of made.failed) print(`✗ ${name}: ${reason}`);
        print('Previews are made by the server: npm start. To take it all away: npx damson demo --remove');
      }
      return made.failed.length === 0 ? DONE : FAILED;
    });
  },
};
