import { systemContext } from '../context.ts';
import { print, printJson } from './output.ts';
import { DONE, readArgs, type Verb } from './verb.ts';

export const refresh: Verb = {
  usage: 'refresh',
  summary: 'Read files again whose pictures an older Damson made',
  help: `  --failed  also files of which no picture could be made
  --check   only count them
  --json    print the result as JSON

After an upgrade that changes how pictures are decoded. Workers do it in the background, after new uploads; until then the old pictures are shown.`,
  async run(args) {
    const { values } = readArgs(args, {
      failed: { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    });
    const { withContainer } = await import('./with-container.ts');
    return withContainer(async ({ refreshOutdated, workspaceId }) => {
      const ctx = systemContext(workspaceId, { requestId: 'cli' });
      const files = await refreshOutdated(ctx, { failed: values.failed, only: values.check });
      if (values.json) printJson({ files });
      else print(values.check ? `${files} files to read again.` : `${files} files will be read again.`);
      return DONE;
    });
  },
};
