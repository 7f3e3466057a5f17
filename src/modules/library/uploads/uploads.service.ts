import { createHash, type Hash, randomUUID } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Ctx } from '../../../context.ts';
import { conflict, defineError, invalidRequest, notFound, payloadTooLarge, unprocessable } from '../../../errors.ts';
import { failpoint } from '../../../platform/failpoint.ts';
import type { ResumableState, ResumableUploads } from '../../../platform/http/tus.ts';
import { keys } from '../../../platform/storage/keys.ts';
import type { Draft, Key, Storage } from '../../../platform/storage/storage.ts';
import { type Telemetry, uploaded } from '../../../telemetry.ts';
import type { AssetsCreateService } from '../assets/index.ts';
import type { FoldersService } from '../folders/index.ts';
import type { UploadRow, UploadsRepository, UploadTarget } from './uploads.repository.ts';
import { Meter } from './uploads.meter.ts';
import { readTusTarget } from './uploads.target.ts';

const uploadLocked = defineError('upload_locked', 423, 'Another request is writing to this upload');
const sizeMismatch = defineError('size_mismatch', 422, 'The bytes received are not as many as declared');
const tooManyUploads = defineError('too_many_uploads', 429, 'Too many unfinished uploads');
const idempotencyMismatch = defineError('idempotency_mismatch', 422, 'This Idempotency-Key was used for another body');

/** Durable for 7 days (library-model, upload). */
export const UPLOAD_LIFETIME_MS = 7 * 86_400_000;
const MAX_OPEN_UPLOADS = 5000;
/** Short, so that after a crash the next process can go on at once; prolonged while bytes flow. */
const LEASE_MS = 4000;
const RENEW_MS = 1000;

export interface UploadsDeps {
  repository: UploadsRepository;
  storage: Storage;
  folders: FoldersService;
  create: AssetsCreateService;
  newId(): string;
  maxBytes: number;
  telemetry: Telemetry;
  checkQuota(ctx: Ctx, bytes: number): Promise<void>;
}

export interface UploadWish {
  readonly declaredBytes: number | null;
  readonly filename: string;
  /** Null while it is not known yet. */
  readonly target: UploadTarget | null;
  readonly idempotencyKey: string | null;
}

/** Bytes on their way to an asset: the commit protocol P1-P9 of security-reliability 2.2. */
export class UploadsService implements ResumableUploads {
  private readonly deps: UploadsDeps;
  /** Running hashes of uploads this process has received from the first byte on; lost on restart, then the object is read again. */
  private readonly hashes = new Map<string, { hash: Hash; offset: number }>();

  constructor(deps: UploadsDeps) {
    this.deps = deps;
  }

  create(ctx: Ctx, upload: { size: number | null; metadata: Record<string, string> }): Promise<ResumableState> {
    const { filename, target } = readTusTarget(upload.metadata);
    return this.open(ctx, { declaredBytes: upload.size, filename, target, idempotencyKey: null }).then(({ row }) => toState(row));
  }

  /**
   * P1: the row. Everything that can be refused is refused here, before any byte is taken.
   * `fresh` is false when the owner's idempotency key had opened an upload before.
   */
  async open(ctx: Ctx, wish: UploadWish): Promise<{ row: UploadRow; fresh: boolean }> {
    const { repository, storage, folders, maxBytes } = this.deps;
    if (wish.declaredBytes !== null && wish.declaredBytes > maxBytes)
      throw payloadTooLarge({ extra: { limit: maxBytes, given: wish.declaredBytes } });
    // The fields of a multipart request come after its files: where to is checked when they are known.
    if (wish.target === null) await folders.checkCreateSomewhere(ctx);
    else await folders.checkCreate(ctx, wish.target.folder);
    const owner = ownerOf(ctx);
    if ((await repository.openCount(ctx, owner)) >= MAX_OPEN_UPLOADS) throw tooManyUploads({ extra: { limit: MAX_OPEN_UPLOADS } });
    await this.deps.checkQuota(ctx, wish.declaredBytes ?? 0);
    const blobId = this.deps.newId();
    const draft = await storage.open(keys.original(ctx.workspaceId, blobId));
    const row = await repository.insert(ctx, {
      id: this.deps.newId(),
      owner,
      blobId,
      declaredBytes: wish.declaredBytes,
      filename: wish.filename,
      target: wish.target ?? { folder: '/', tags: [] },
      draft,
      idempotencyKey: wish.idempotencyKey,
      expiresAt: new Date(ctx.clock.now().getTime() + UPLOAD_LIFETIME_MS),
    });
    if (row) {
      failpoint('P1');
      return { row, fresh: true };
    }
    await storage.abort(draft);
    const known = wish.idempotencyKey === null ? null : await repository.byKey(ctx, owner, wish.idempotencyKey);
    if (!known) throw conflict('The upload could not be opened.');
    return { row: known, fresh: false };
  }

  async state(ctx: Ctx, id: string): Promise<ResumableState> {
    const row = await this.require(ctx, id);
    return toState({ ...row, receivedBytes: await this.storedBytes(row) });
  }

  async declareSize(ctx: Ctx, id: string, size: number): Promise<void> {
    await this.require(ctx, id);
    await this.deps.repository.declare(ctx, id, size);
  }

  /** P2: bytes at an offset. `stop` ends the body where it is. */
  async receive(ctx: Ctx, id: string, offset: number, body: Readable, stop?: AbortSignal): Promise<number> {
    const row = await this.require(ctx, id);
    if (row.state === 'done') throw conflict('This upload is finished.');
    const draft = draftOf(row);
    return this.leased(ctx, id, async () => {
      const stored = await this.deps.storage.stat(draft);
      if (stored !== offset) throw conflict({ detail: 'The offset is not where the upload stands.', extra: { offset: stored } });
      const running = offset === 0 ? { hash: createHash('sha256'), offset: 0 } : this.hashes.get(id);
      const inStep = running?.offset === offset ? running : null;
      const limit = (row.declaredBytes ?? this.deps.maxBytes) - offset;
      const meter = new Meter(limit, inStep?.hash ?? null);
      const release = meter.takeFrom(body, stop);
      const next = await this.deps.storage.append(draft, offset, meter).finally(release);
      if (inStep && meter.bytes === next - offset) this.hashes.set(id, { hash: inStep.hash, offset: next });
      else this.hashes.delete(id);
      failpoint('P2');
      await this.deps.repository.progress(ctx, id, next, { key: draft.key, state: draft.state });
      if (meter.exceeded)
        throw payloadTooLarge({ detail: 'More bytes came than were declared or allowed.', extra: { allowed: limit + offset } });
      return next;
    });
  }

  /** P3-P7: the object becomes visible, is verified, and one transaction makes the asset of it. */
  async finish(ctx: Ctx, id: string): Promise<string> {
    const row = await this.require(ctx, id);
    if (row.assetId !== null) return row.assetId;
    return this.leased(ctx, id, () => this.commit(ctx, row, 'tus'));
  }

  /** Commits a received upload; the lease is held. `override` is what the rest of a multipart request said. */
  private async commit(ctx: Ctx, row: UploadRow, way: 'multipart' | 'tus', override: UploadTarget = row.target): Promise<string> {
    const { storage, repository, create } = this.deps;
    await repository.setState(ctx, row.id, 'committing');
    const info = await storage.complete(draftOf(row));
    failpoint('P3');
    if (row.declaredBytes !== null && info.bytes !== row.declaredBytes) {
      throw sizeMismatch({ extra: { declared: row.declaredBytes, received: info.bytes } });
    }
    const running = this.hashes.get(row.id);
    this.hashes.delete(row.id);
    const sha256 = running?.offset === info.bytes ? running.hash.digest('hex') : await this.rehash(info.key);
    failpoint('P4');
    const created = await create.commit(
      ctx,
      {
        blob: { id: row.blobId, sha256, bytes: info.bytes },
        filename: row.filename,
        folder: override.folder,
        tags: override.tags,
        title: override.title,
        metadata: override.metadata,
        publish: override.publish ?? false,
        onConflict: override.onConflict ?? 'rename',
        onDuplicate: override.onDuplicate ?? 'keep',
      },
      async (ctx, { assetId }) => {
        if (!(await repository.finish(ctx, row.id, { assetId, bytes: info.bytes, sha256 })))
          throw conflict('This upload was finished by another request.');
        failpoint('P5');
      },
    );
    failpoint('P6');
    const ms = ctx.clock.now().getTime() - row.createdAt.getTime();
    uploaded(this.deps.telemetry, ctx, { way, assetId: created.assetId, bytes: info.bytes, ms, duplicate: !created.created });
    return created.assetId;
  }

  async remove(ctx: Ctx, id: string): Promise<void> {
    const row = await this.require(ctx, id);
    if (row.state === 'done') throw conflict('This upload is finished; delete the asset instead.');
    await this.leased(ctx, id, async () => {
      // Row first: an aborted object must never look complete (security 0.10).
      await this.deps.repository.setState(ctx, id, 'expired');
      await this.deps.storage.abort(draftOf(row));
    });
  }

  /** One file of a multipart request: bytes now, the asset when the rest of the request is known (`commitReceived`). */
  async receiveWhole(ctx: Ctx, file: { filename: string; idempotencyKey: string | null }, body: Readable): Promise<UploadRow> {
    const { repository, storage } = this.deps;
    const opened = await this.open(ctx, {
      declaredBytes: null,
      filename: file.filename,
      target: null,
      idempotencyKey: file.idempotencyKey,
    });
    let { row } = opened;
    if (row.state === 'done') {
      await compare(row, body);
      return row;
    }
    if (!opened.fresh) {
      // A request of this key broke before: start over with an object of its own, so that two cannot mix.
      const blobId = this.deps.newId();
      const draft = await storage.open(keys.original(ctx.workspaceId, blobId));
      await repository.restart(ctx, row.id, blobId, draft);
      this.hashes.delete(row.id);
      row = { ...row, blobId, draft, receivedBytes: 0, state: 'open' };
    }
    try {
      const received = await this.receive(ctx, row.id, 0, body);
      return { ...row, receivedBytes: received, state: 'receiving' };
    } catch (error) {
      await this.discard(ctx, row);
      throw error;
    }
  }

  /** Commits what `receiveWhole` took. */
  async commitReceived(ctx: Ctx, row: UploadRow, target: UploadTarget): Promise<string> {
    if (row.assetId !== null) return row.assetId;
    return this.leased(ctx, row.id, () => this.commit(ctx, { ...row, declaredBytes: row.receivedBytes }, 'multipart', target));
  }

  /** Gives back what a refused request had brought. */
  async discard(ctx: Ctx, row: UploadRow): Promise<void> {
    if (row.state === 'done') return;
    this.hashes.delete(row.id);
    await this.deps.repository.setState(ctx, row.id, 'expired');
    await this.deps.storage.abort(draftOf(row));
  }

  private async rehash(key: Key): Promise<string> {
    const body = await this.deps.storage.read(key);
    if (!body) throw unprocessable('The stored object is gone; upload the file again.');
    const hash = createHash('sha256');
    for await (const chunk of body.stream as AsyncIterable<Buffer>) hash.update(chunk);
    return hash.digest('hex');
  }

  /** Where the upload really stands: the object decides, not the row. */
  private async storedBytes(row: UploadRow): Promise<number> {
    if (row.state === 'done') return row.receivedBytes;
    if (row.state === 'committing') {
      const info = await this.deps.storage.head(draftOf(row).key);
      if (info) return info.bytes;
    }
    return this.deps.storage.stat(draftOf(row));
  }

  private async require(ctx: Ctx, id: string): Promise<UploadRow> {
    const row = await this.deps.repository.find(ctx, id, ownerOf(ctx));
    if (!row || row.state === 'expired' || (row.state !== 'done' && row.expiresAt <= ctx.clock.now()))
      throw notFound('There is no such upload, or it has expired.');
    return row;
  }

  private async leased<T>(ctx: Ctx, id: string, work: () => Promise<T>): Promise<T> {
    const { repository } = this.deps;
    const holder = randomUUID();
    const until = () => new Date(ctx.clock.now().getTime() + LEASE_MS);
    if (!(await repository.lease(ctx, id, holder, until())))
      throw uploadLocked({ headers: { 'Retry-After': String(Math.ceil(LEASE_MS / 1000)) } });
    const renewal = setInterval(() => void repository.lease(ctx, id, holder, until()).catch(() => undefined), RENEW_MS);
    try {
      return await work();
    } finally {
      clearInterval(renewal);
      await repository.release(ctx, id, holder).catch(() => undefined);
    }
  }
}

/** A retried request must bring the same bytes, else the key was used for something else. */
async function compare(row: UploadRow, body: Readable): Promise<void> {
  const hash = createHash('sha256');
  for await (const chunk of body as AsyncIterable<Buffer>) hash.update(chunk);
  if (hash.digest('hex') !== row.sha256) throw idempotencyMismatch();
}

function toState(row: UploadRow): ResumableState {
  return { id: row.id, offset: row.receivedBytes, size: row.declaredBytes, createdAt: row.createdAt, assetId: row.assetId };
}

function draftOf(row: UploadRow): Draft {
  if (!row.draft) throw invalidRequest('This upload has no object.');
  return { key: row.draft.key as Key, state: row.draft.state };
}

function ownerOf(ctx: Ctx): string {
  return `${ctx.actor.kind}:${ctx.actor.id ?? ''}`;
}
