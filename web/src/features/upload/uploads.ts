import { createStore } from '../../ui/store.ts';
import type { Engine } from './engine.ts';

/** A file on its way, as the tray shows it. */
export interface UploadRow {
  readonly id: string;
  readonly name: string;
  /** Target folder path. */
  readonly folder: string;
  readonly bytes: number;
  readonly sent: number;
  /** Bytes per second, smoothed; 0 when not moving. */
  readonly speed: number;
  readonly state: 'waiting' | 'uploading' | 'paused' | 'done' | 'failed';
  readonly reason: string | null;
  readonly assetId: string | null;
  /** Failed for a reason that another try cannot mend. */
  readonly final?: boolean;
}

/** What somebody chose or dropped. A folder is the one below the target it came in, e.g. `Summer/raw`; empty for a single file. */
export interface Picked {
  readonly files: readonly { readonly file: File; readonly folder: string }[];
  /** What the browser could not read. */
  readonly unreadable: readonly { readonly name: string; readonly folder: string }[];
}

/** What happens to a file whose bytes are in the library already. */
export const ON_DUPLICATE = ['keep', 'skip', 'version'] as const;

export interface UploadTarget {
  /** null: the folder that is shown. */
  readonly folder: string | null;
  readonly tags: readonly string[];
  readonly onDuplicate: (typeof ON_DUPLICATE)[number];
}

/** Why a file did not get there, in the language of the app. */
export interface UploadTexts {
  readonly tooLarge: string;
  readonly unreadable: string;
  refused(error: unknown): string;
}

let engine: Promise<Engine> | undefined;

/** The tus client is a chunk of its own: it comes with the first file. */
const start = (): Promise<Engine> => {
  engine ??= import('./engine.ts').then(({ createEngine }) => createEngine(uploads.rows));
  return engine;
};

const withEngine = (work: (engine: Engine) => void) => (): void => void engine?.then(work);

export const uploads = {
  rows: createStore<readonly UploadRow[]>([]),
  dialogOpen: createStore(false),
  /** Where the next files go, which tags they get, and what becomes of those that are there. */
  target: createStore<UploadTarget>({ folder: null, tags: [], onDuplicate: 'keep' }),
  /** Adds files below the target; files larger than `maxBytes` fail at once. */
  async add(picked: Picked, target: UploadTarget & { readonly folder: string }, maxBytes: number, texts: UploadTexts): Promise<void> {
    (await start()).add(picked, target, maxBytes, texts);
  },
  pause: (id: string) => withEngine((e) => e.pause(id))(),
  resume: (id: string) => withEngine((e) => e.resume(id))(),
  retry: (id: string) => withEngine((e) => e.retry(id))(),
  remove: (id: string) => withEngine((e) => e.remove(id))(),
  pauseAll: withEngine((e) => e.pauseAll()),
  resumeAll: withEngine((e) => e.resumeAll()),
  retryAll: withEngine((e) => e.retryAll()),
  cancelAll: withEngine((e) => e.cancelAll()),
  clearFinished: withEngine((e) => e.clearFinished()),
};

export const isOpen = (row: UploadRow): boolean => row.state === 'waiting' || row.state === 'uploading' || row.state === 'paused';

/** `/Campaign` + `Summer/raw` -> `/Campaign/Summer/raw`. */
export const joinFolder = (base: string, below: string): string =>
  `/${[...base.split('/'), ...below.split('/')].filter((part) => part !== '' && part !== '.' && part !== '..').join('/')}`;
