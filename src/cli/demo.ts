import { printError } from './output.ts';
import { FAILED, readArgs, type Verb } from './verb.ts';

export const demo: Verb = {
  usage: 'demo',
  summary: 'Fill an empty workspace with a believable library',
  help: 'Not in this build.',
  async run(args) {
    readArgs(args, {});
    printError('The demo library is not in this build.');
    return FAILED;
  },
};
