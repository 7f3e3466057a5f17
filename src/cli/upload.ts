import { processEnv } from '../../config/env.ts';
import { note, print, printJson, progressBar, size } from './output.ts';
import { DONE, FAILED, readArgs, UsageError, type Verb } from './verb.ts';
import { collectFiles, type LocalFile } from './upload-files.ts';
import { ResumeFile } from './upload-resume.ts';
import { type Sink, uploadFile } from './upload-sink.ts';

interface Outcome {
  readonly file: string;
  readonly assetId: string | null;
  readonly error: string | null;
}

export const upload: Verb = {
  usage: 'upload PATH… [--folder FOLDER] [--tags TAGS]',
  summary: 'Upload files and folders; called again it goes on where it stopped',
  help: `  PATH              files, or folders with all that is in them (their structure is kept)
  --folder FOLDER   where to put them, e.g. /campaigns/2027; made when missing; default /
  --tags TAGS       comma list for every file
  --publish         make them public
  --skip-duplicates leave out files whose bytes are in the library already
  --url URL         the server's address; default DAMSON_URL
  --api-key KEY     a key with assets:write; default DAMSON_API_KEY (safer: not in the process list)
  --json            print one result for each file as JSON

Files over 64 MB go straight to the server's store where it offers that.
Without an address the files go straight into the library of DATA_DIR / DATABASE_URL; previews are made
when a server or worker runs.`,
  async run(args) {
    const { values, positionals } = readArgs(args, {
      folder: { type: 'string', default: '/' },
      tags: { type: 'string', default: '' },
      publish: { type: 'boolean', default: false },
      'skip-duplicates': { type: 'boolean', default: false },
      url: { type: 'string' },
      'api-key': { type: 'string' },
      json: { type: 'boolean', default: false },
    });
    if (positionals.length === 0) throw new UsageError('say what to upload');
    const env = processEnv();
    const url = values.url ?? env['DAMSON_URL'];
    const key = values['api-key'] ?? env['DAMSON_API_KEY'];
    if (url !== undefined && !key) throw new UsageError('--api-key or DAMSON_API_KEY is needed with an address');
    if (url !== undefined && !URL.canParse(url)) throw new UsageError(`"${url}" is not an address`);
    const files = await collectFiles(positionals, values.folder).catch((error: unknown) => {
      throw new UsageError(error instanceof Error ? error.message : String(error));
    });
    if (files.length === 0) throw new UsageError('there are no files');
    const metadata = {
      tags: values.tags,
      ...(values.publish ? { publish: 'true' } : {}),
      ...(values['skip-duplicates'] ? { onDuplicate: 'skip' } : {}),
    };
    const run = (sink: Sink) => uploadAll(sink, files, metadata, values.json);
    if (url !== undefined && key) {
      const { httpSink } = await import('./upload-http.ts');
      return run(httpSink(new URL(url).origin, key));
    }
    const { withContainer } = await import('./with-container.ts');
    const { directSink } = await import('./upload-direct.ts');
    return withContainer((container) => run(directSink(container)));
  },
};

async function uploadAll(sink: Sink, files: readonly LocalFile[], metadata: Record<string, string>, json: boolean): Promise<number> {
  const resume = await ResumeFile.open(processEnv());
  const bar = progressBar(size);
  const total = files.reduce((sum, file) => sum + file.bytes, 0);
  const outcomes: Outcome[] = [];
  let before = 0;
  for (const [index, file] of files.entries()) {
    const label = `${index + 1}/${files.length} ${file.name}`;
    try {
      const assetId = await uploadFile(sink, resume, file, metadata, (offset) => bar.show(before + offset, total, label));
      outcomes.push({ file: file.path, assetId, error: null });
    } catch (error) {
      outcomes.push({ file: file.path, assetId: null, error: error instanceof Error ? error.message : String(error) });
    }
    before += file.bytes;
  }
  bar.end();
  const failed = outcomes.filter((outcome) => outcome.error !== null);
  if (json) printJson({ items: outcomes });
  else {
    for (const outcome of failed) note(`✗ ${outcome.file}: ${outcome.error}`);
    print(`${outcomes.length - failed.length} of ${outcomes.length} files uploaded, ${size(total)}.`);
  }
  return failed.length === 0 ? DONE : FAILED;
}
