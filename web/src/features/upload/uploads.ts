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
}

/** A file and the folder below the target it came in, e.g. `Summer/raw`; empty for a single file. */
export interface PickedFile {
  readonly file: File;
  readonly folder: string;
}

export interface UploadTarget {
  readonly folder: string;
  readonly tags: readonly string[];
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
  /** Where the next files go and which tags they get. */
  target: createStore<UploadTarget>({ folder: '/', tags: [] }),
  /** Adds files below the target; files larger than `maxBytes` fail at once with `tooLarge`. */
  async add(files: readonly PickedFile[], target: UploadTarget, maxBytes: number, tooLarge: string): Promise<void> {
    (await start()).add(files, target, maxBytes, tooLarge);
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
