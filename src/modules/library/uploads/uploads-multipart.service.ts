import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Ctx } from '../../../context.ts';
import { conflict, idempotencyMismatch } from '../../../errors.ts';
import { keys } from '../../../platform/storage/keys.ts';
import type { Storage } from '../../../platform/storage/storage.ts';
import type { UploadRow, UploadsRepository, UploadTarget } from './uploads.repository.ts';
import type { UploadsService } from './uploads.service.ts';
import { leased } from './uploads.lease.ts';
import { expiryOf } from './uploads.row.ts';
import { nameText } from './uploads.target.ts';

export interface MultipartDeps {
  repository: UploadsRepository;
  storage: Storage;
  uploads: UploadsService;
  newId(): string;
}

/** Files of a form: each is an upload that is received before it is known where to, and committed when the form has been read. */
export class MultipartService {
  private readonly deps: MultipartDeps;

  constructor(deps: MultipartDeps) {
    this.deps = deps;
  }

  /**
   * One file: bytes now, the asset when the rest of the request is known (`commit`).
   * @throws idempotency_mismatch when the key brought another file before; upload_locked while a request with the key runs
   */
  async receive(ctx: Ctx, file: { filename: string; idempotencyKey: string | null }, body: Readable): Promise<UploadRow> {
    const filename = nameText(file.filename);
    const { row, fresh } = await this.deps.uploads.open(ctx, {
      declaredBytes: null,
      filename,
      target: null,
      idempotencyKey: file.idempotencyKey,
      metadataHeader: null,
    });
    if (row.state === 'done') return sameFile(row, filename, body);
    return leased(this.deps.repository, ctx, row.id, async (now) => {
      if (now.state === 'done') return sameFile(now, filename, body);
      const mine = fresh ? now : await this.startOver(ctx, now, filename);
      try {
        const receivedBytes = await this.deps.uploads.take(ctx, mine, 0, body);
        return { ...mine, receivedBytes, state: 'receiving' };
      } catch (error) {
        // The sweeper removes what cannot be removed now; the first error is the one to tell.
        await this.discard(ctx, mine).catch(() => undefined);
        throw error;
      }
    });
  }

  /** Makes the asset of what `receive` took; for a key seen before, the asset it made. */
  async commit(ctx: Ctx, taken: UploadRow, target: UploadTarget): Promise<string> {
    const fieldsHash = hashOfFields(target);
    const known = (row: UploadRow): string | null => {
      if (row.assetId !== null && row.fieldsHash !== null && row.fieldsHash !== fieldsHash) throw idempotencyMismatch();
      return row.assetId;
    };
    const done = known(taken);
    if (done !== null) return done;
    return leased(this.deps.repository, ctx, taken.id, async (row) => {
      if (row.blobId !== taken.blobId) throw conflict('A later request with this Idempotency-Key has taken over.');
      return (
        known(row) ??
        this.deps.uploads.commit(ctx, { ...row, declaredBytes: taken.receivedBytes }, { way: 'multipart', target, fieldsHash })
      );
    });
  }

  /** Gives back what a refused request had brought. */
  discard(ctx: Ctx, row: UploadRow): Promise<void> {
    return this.deps.uploads.discard(ctx, row);
  }

  /** A request of this key broke before: an object of its own, so that the bytes of two cannot mix; the old one is given back. */
  private async startOver(ctx: Ctx, row: UploadRow, filename: string): Promise<UploadRow> {
    const { repository, storage, uploads, newId } = this.deps;
    const blobId = newId();
    const draft = await storage.open(keys.original(ctx.workspaceId, blobId));
    const started = await repository.restart(ctx, row.id, { blobId, draft, filename, expiresAt: expiryOf(ctx) });
    if (!started) {
      await storage.abort(draft);
      throw conflict('Another request with this Idempotency-Key has just ended; send it again.');
    }
    await uploads.dropObject(row);
    return started;
  }
}

/** A retried request must bring the same file, else the key was used for something else. */
async function sameFile(row: UploadRow, filename: string, body: Readable): Promise<UploadRow> {
  const hash = createHash('sha256');
  for await (const chunk of body as AsyncIterable<Buffer>) hash.update(chunk);
  if (hash.digest('hex') !== row.sha256 || row.filename !== filename) throw idempotencyMismatch();
  return row;
}

/** Equal for equal wishes, whatever the order of the values in the JSON. */
function hashOfFields({ folder, tags, title, publish, metadata, onConflict, onDuplicate }: UploadTarget): string {
  const values = Object.entries(metadata ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const fields = [folder, tags, title ?? null, publish ?? false, values, onConflict ?? 'rename', onDuplicate ?? 'keep'];
  return createHash('sha256').update(JSON.stringify(fields)).digest('hex');
}
