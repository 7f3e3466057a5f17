import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../../src/platform/log.ts';
import { type CreateMediaOptions, createMedia, type LocalMedia } from '../../src/platform/media/create.ts';
import type { Identified, MediaFile, MediaOptions, RenderJob } from '../../src/platform/media/media.ts';

/** A real media adapter with its own directories, for tests. `close` ends its children and removes everything. */
export interface MediaRoom {
  readonly media: LocalMedia;
  /** Where jobs run; empty when nothing runs. */
  readonly tempDir: string;
  /** Writes a file with these bytes under a server-like name (no extension). */
  put(bytes: Buffer | string, name?: string): MediaFile;
  close(): Promise<void>;
}

export function openMedia(over: Partial<CreateMediaOptions> = {}): MediaRoom {
  const root = mkdtempSync(join(tmpdir(), 'damson-media-'));
  const tempDir = join(root, 'jobs');
  const files = join(root, 'files');
  mkdirSync(files);
  const media = createMedia({
    slots: 2,
    sandbox: 'auto',
    maxPixels: 100_000_000,
    tempDir,
    searchPath: process.env.PATH ?? '',
    production: true,
    log: silentLog,
    ...over,
  });
  let count = 0;
  return {
    media,
    tempDir,
    put: (bytes, name = `object-${count++}`) => {
      const path = join(files, name);
      writeFileSync(path, bytes);
      return { path, bytes: Buffer.byteLength(bytes) };
    },
    close: async () => {
      await media.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
}

export function mediaOptions(over: Partial<MediaOptions> = {}): MediaOptions {
  return { signal: new AbortController().signal, deadlineMs: 45_000, lane: 'ingest', ...over };
}

/** Scales the longest side to at most `longest`. */
export function fitJob(name: string, size: { width: number; height: number }, longest: number): RenderJob {
  const scale = Math.min(1, longest / Math.max(size.width, size.height));
  const width = Math.max(1, Math.round(size.width * scale));
  const height = Math.max(1, Math.round(size.height * scale));
  return {
    name,
    plan: {
      page: 0,
      animated: false,
      autoOrient: true,
      ops: [{ op: 'scale', width, height }],
      encode: { format: 'webp', quality: 80, metadata: 'strip' },
    },
  };
}

/** What ingest does of the picture: the still, then two renditions and the analysis. */
export function previewOf(room: MediaRoom, file: MediaFile, identified: Identified, options = mediaOptions()) {
  return room.media.withStill(file, identified, options, (still) =>
    room.media.ingest({ path: still.path, bytes: 0 }, [fitJob('thumbnail', still, 100), fitJob('preview', still, 400)], options),
  );
}
