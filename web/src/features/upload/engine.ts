import Uppy, { type Meta, type UppyFile } from '@uppy/core';
import Tus, { type TusBody } from '@uppy/tus';
import { problemOf } from '../../api/http.ts';
import type { Store } from '../../ui/store.ts';
import { joinFolder, type Picked, type UploadRow, type UploadTarget, type UploadTexts } from './uploads.ts';

const CHUNK_BYTES = 16 * 1024 * 1024;
const PARALLEL = 3;
const RETRY_MS = [0, 1000, 3000, 5000, 10_000, 20_000, 30_000];
/** Rows are shown at most this often: thousands of progress events would block the page. */
const SHOW_MS = 120;

interface FileMeta extends Meta {
  /** Id of the row in the tray; Uppy makes ids of its own. */
  row: string;
  filename: string;
  filetype: string;
  folder: string;
  tags: string;
  onDuplicate: string;
}

type QueuedFile = UppyFile<FileMeta, TusBody>;

export interface Engine {
  add(picked: Picked, target: UploadTarget & { readonly folder: string }, maxBytes: number, texts: UploadTexts): void;
  pause(id: string): void;
  resume(id: string): void;
  retry(id: string): void;
  remove(id: string): void;
  pauseAll(): void;
  resumeAll(): void;
  retryAll(): void;
  cancelAll(): void;
  clearFinished(): void;
}

/** What the server said about a refused upload, without tus-js-client's technical wrapping. */
function reasonOf(error: unknown, texts: UploadTexts | undefined): string {
  const response = (error as { originalResponse?: { getStatus(): number; getBody(): string } | null } | null)?.originalResponse;
  if (response) {
    const body = response.getBody();
    if (!body.startsWith('{')) return body.slice(0, 200) || `HTTP ${response.getStatus()}`;
    const problem = problemOf(response.getStatus(), body);
    return texts?.refused(problem) ?? problem.message;
  }
  return error instanceof Error ? error.message.split(', originated')[0]!.replace(/^.*Caused by: /, '') : String(error);
}

/** Resumable uploads through Uppy and tus; keeps `rows` as the truth for the tray. */
export function createEngine(rows: Store<readonly UploadRow[]>): Engine {
  const uppy = new Uppy<FileMeta, TusBody>({ autoProceed: true, allowMultipleUploadBatches: true });
  uppy.use(Tus, {
    endpoint: '/api/v1/uploads',
    chunkSize: CHUNK_BYTES,
    retryDelays: RETRY_MS,
    limit: PARALLEL,
    withCredentials: true,
    removeFingerprintOnSuccess: true,
    allowedMetaFields: ['filename', 'filetype', 'folder', 'tags', 'onDuplicate'],
  });

  // The words of the language the last files were added in.
  let words: UploadTexts | undefined;

  // Changes are collected and shown together.
  const pending = new Map<string, Partial<UploadRow>>();
  const seen = new Map<string, { at: number; sent: number }>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const show = () => {
    timer = undefined;
    const changes = new Map(pending);
    pending.clear();
    rows.set((all) => all.map((row) => (changes.has(row.id) ? { ...row, ...changes.get(row.id) } : row)));
  };
  const change = (id: string, part: Partial<UploadRow>) => {
    pending.set(id, { ...pending.get(id), ...part });
    timer ??= setTimeout(show, SHOW_MS);
  };
  const find = (id: string) => rows.get().find((row) => row.id === id);
  const inUppy = new Map<string, string>();
  const fileOf = (id: string): QueuedFile | undefined => uppy.getFile(inUppy.get(id) ?? '');
  uppy.on('file-added', (file) => inUppy.set(file.meta.row, file.id));
  uppy.on('file-removed', (file) => inUppy.delete(file.meta.row));

  const speedOf = (id: string, sent: number): number | null => {
    const now = performance.now();
    const before = seen.get(id);
    if (before && now - before.at < 400) return null;
    seen.set(id, { at: now, sent });
    if (!before) return 0;
    const current = (1000 * Math.max(0, sent - before.sent)) / (now - before.at);
    const smooth = find(id)?.speed ?? 0;
    return smooth === 0 ? current : 0.6 * smooth + 0.4 * current;
  };

  uppy.on('upload-progress', (file, progress) => {
    if (!file) return;
    const { row } = file.meta;
    const speed = speedOf(row, progress.bytesUploaded);
    const paused = uppy.getFile(file.id)?.isPaused;
    change(row, { sent: progress.bytesUploaded, ...(paused ? {} : { state: 'uploading' }), ...(speed === null ? {} : { speed }) });
  });
  uppy.on('upload-success', (file, response) => {
    if (!file) return;
    const assetId = response.body?.xhr.getResponseHeader('Damson-Asset-Id') ?? null;
    change(file.meta.row, { state: 'done', sent: file.size ?? 0, speed: 0, assetId, reason: null });
    // Uppy would refuse the same file a second time while it remembers this one.
    setTimeout(() => uppy.getFile(file.id) && uppy.removeFile(file.id), 0);
  });
  uppy.on('upload-error', (file, error) => {
    if (file) change(file.meta.row, { state: 'failed', speed: 0, reason: reasonOf(error, words) });
  });

  const drop = (ids: ReadonlySet<string>) => rows.set((all) => all.filter((row) => !ids.has(row.id)));
  const setPaused = (id: string, paused: boolean) => {
    const file = fileOf(id);
    const row = find(id);
    if (!file || !row || !['waiting', 'uploading', 'paused'].includes(row.state)) return;
    if (Boolean(file.isPaused) !== paused) uppy.pauseResume(file.id);
    change(id, { state: paused ? 'paused' : 'waiting', speed: 0 });
  };

  return {
    add({ files, unreadable }, target, maxBytes, texts) {
      words = texts;
      const added: UploadRow[] = [];
      const accepted: Parameters<typeof uppy.addFiles>[0] = [];
      const known = new Set(
        rows
          .get()
          .filter((row) => row.state !== 'done')
          .map((row) => row.id),
      );
      for (const { file, folder: below } of files) {
        const folder = joinFolder(target.folder, below);
        // The folder is part of the identity: the same file may go to two folders.
        const id = `${folder}/${file.name}:${file.size}:${file.lastModified}`;
        if (known.has(id)) continue;
        known.add(id);
        const base = { id, name: file.name, folder, bytes: file.size, sent: 0, speed: 0, assetId: null };
        if (file.size > maxBytes) {
          added.push({ ...base, state: 'failed', reason: texts.tooLarge, final: true });
          continue;
        }
        added.push({ ...base, state: 'waiting', reason: null });
        const type = file.type || 'application/octet-stream';
        const meta = {
          row: id,
          filename: file.name,
          filetype: type,
          folder,
          tags: target.tags.join(','),
          onDuplicate: target.onDuplicate,
          relativePath: id,
          name: file.name,
        };
        accepted.push({ name: file.name, type, data: file, meta });
      }
      for (const { name, folder: below } of unreadable) {
        const folder = joinFolder(target.folder, below);
        const base = { id: `${folder}/${name}`, name, folder, bytes: 0, sent: 0, speed: 0, assetId: null };
        added.push({ ...base, state: 'failed', reason: texts.unreadable, final: true });
      }
      const ids = new Set(added.map((row) => row.id));
      rows.set((all) => [...all.filter((row) => !ids.has(row.id)), ...added]);
      if (accepted.length > 0) uppy.addFiles(accepted);
    },
    pause: (id) => setPaused(id, true),
    resume: (id) => setPaused(id, false),
    retry(id) {
      const file = fileOf(id);
      if (!file) return;
      change(id, { state: 'waiting', reason: null });
      void uppy.retryUpload(file.id);
    },
    remove(id) {
      const file = fileOf(id);
      if (file) uppy.removeFile(file.id);
      drop(new Set([id]));
    },
    pauseAll() {
      for (const row of rows.get()) setPaused(row.id, true);
    },
    resumeAll() {
      for (const row of rows.get()) if (row.state === 'paused') setPaused(row.id, false);
    },
    retryAll() {
      for (const row of rows.get()) if (row.state === 'failed' && fileOf(row.id)) change(row.id, { state: 'waiting', reason: null });
      void uppy.retryAll();
    },
    cancelAll() {
      uppy.cancelAll();
      drop(
        new Set(
          rows
            .get()
            .filter((row) => row.state !== 'done')
            .map((row) => row.id),
        ),
      );
    },
    clearFinished: () =>
      drop(
        new Set(
          rows
            .get()
            .filter((row) => row.state === 'done')
            .map((row) => row.id),
        ),
      ),
  };
}
