import { type FileHandle, open } from 'node:fs/promises';
import type { LocalFile } from './upload-files.ts';
import { ResumeFile } from './upload-resume.ts';

/** Where bytes go: a server over HTTP, or the library directly. */
export interface Sink {
  /** Tells two places apart in the resume file. */
  readonly place: string;
  create(file: LocalFile, metadata: Record<string, string>): Promise<string>;
  /** How far it is; null = there is no such upload any more. */
  offset(upload: string): Promise<number | null>;
  /** Sends one piece. @returns the new offset */
  send(upload: string, offset: number, piece: Buffer): Promise<number>;
  /** The asset, once every byte is there. */
  finish(upload: string): Promise<string>;
  /** A way past the server for the whole file. @returns the asset; null = there is none for this file, send it in pieces */
  direct?(job: UploadJob): Promise<string | null>;
}

export interface UploadJob {
  readonly file: LocalFile;
  readonly metadata: Record<string, string>;
  readonly resume: ResumeFile;
  progress(offset: number): void;
}

const PIECE_BYTES = 8 * 2 ** 20;
const ATTEMPTS = 6;
const FIRST_WAIT_MS = 500;

/** Something that another try may mend: the connection, a busy server. */
export class TryAgain extends Error {}

/** Uploads one file in pieces, going on where an earlier call or a broken connection stopped. @returns the asset's id */
export async function uploadFile(
  sink: Sink,
  resume: ResumeFile,
  file: LocalFile,
  metadata: Record<string, string>,
  progress: (offset: number) => void,
): Promise<string> {
  const key = ResumeFile.key([sink.place, file.path, file.bytes, file.modifiedMs, file.folder, ...Object.values(metadata)]);
  const known = resume.get(key);
  if (known === null) {
    const assetId = (await sink.direct?.({ file, metadata, resume, progress })) ?? null;
    if (assetId !== null) return assetId;
  }
  let offset = known === null ? null : await retried(() => sink.offset(known));
  const upload = known !== null && offset !== null ? known : await retried(() => sink.create(file, { ...metadata, folder: file.folder }));
  if (upload !== known) {
    offset = 0;
    await resume.set(key, upload);
  }
  const handle = await open(file.path, 'r');
  try {
    await sendAll(sink, upload, handle, file.bytes, offset ?? 0, progress);
  } finally {
    await handle.close();
  }
  const assetId = await retried(() => sink.finish(upload));
  await resume.remove(key);
  return assetId;
}

async function sendAll(
  sink: Sink,
  upload: string,
  handle: FileHandle,
  bytes: number,
  from: number,
  progress: (offset: number) => void,
): Promise<void> {
  let offset = from;
  const buffer = Buffer.allocUnsafe(Math.min(PIECE_BYTES, Math.max(1, bytes)));
  progress(offset);
  while (offset < bytes) {
    const at = offset;
    const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, bytes - at), at);
    if (bytesRead === 0) throw new Error('the file became shorter while it was read');
    let first = true;
    offset = await retried(async () => {
      // After a failure the server may have kept a part of the piece: ask before sending again.
      const stands = first ? at : await sink.offset(upload);
      first = false;
      if (stands === null) throw new Error('the upload has expired; call again');
      if (stands !== at) return stands;
      return sink.send(upload, at, buffer.subarray(0, bytesRead));
    });
    progress(offset);
  }
}

/** Runs it again, each time after a longer pause, while it throws `TryAgain`. */
export async function retried<T>(work: () => Promise<T>, attempts = ATTEMPTS): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof TryAgain) || attempt >= attempts) throw error;
      await new Promise((resolve) => setTimeout(resolve, FIRST_WAIT_MS * 2 ** (attempt - 1)));
    }
  }
}
