import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Ctx } from '../../../context.ts';
import { conflict, defineError, isError, notFound, payloadTooLarge, unprocessable } from '../../../errors.ts';
import { failpoint } from '../../../platform/failpoint.ts';
import type { NewResumable, ResumableState, ResumableUploads } from '../../../platform/http/tus.ts';
import { keys } from '../../../platform/storage/keys.ts';
import type { Draft, Key, Storage, StoredInfo } from '../../../platform/storage/storage.ts';
import { type Telemetry, uploaded } from '../../../telemetry.ts';
import type { AssetsCreateService } from '../assets/index.ts';
import type { FoldersService } from '../folders/index.ts';
import type { UploadRow, UploadsRepository, UploadTarget } from './uploads.repository.ts';
import { RunningHashes } from './uploads.hashes.ts';
import { leased } from './uploads.lease.ts';
import { Meter } from './uploads.meter.ts';
import { giveBack } from './uploads.objects.ts';
import { draftOf, expiryOf, ownerOf, resumable, toState } from './uploads.row.ts';
import { readTusTarget } from './uploads.target.ts';

const sizeMismatch = defineError('size_mismatch', 422, 'The bytes received are not as many as declared');
const hashMismatch = defineError('hash_mismatch', 422, 'The bytes are not those whose SHA-256 was declared');
const tooManyUploads = defineError('too_many_uploads', 429, 'Too many unfinished uploads');

const MAX_OPEN_UPLOADS = 5000;

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
  /** As a tus client sent it. */
  readonly metadataHeader: string | null;
  /** How the object is begun; default: one that is appended to. */
  readonly begin?: (key: Key) => Promise<Draft>;
}

/** Where a commit comes from, and what it says beside the bytes. */
export interface Commit {
  readonly way: 'multipart' | 'tus' | 'direct';
  readonly target: UploadTarget;
  readonly fieldsHash: string | null;
  /** How the object is made of what was received; default: what was appended. Idempotent. */
  readonly complete?: () => Promise<StoredInfo>;
  /** Hex; other bytes are refused. */
  readonly sha256?: readonly string[];
}

/** Bytes on their way to an asset: the commit protocol P1-P9 of security-reliability 2.2. */
export class UploadsService implements ResumableUploads {
  private readonly deps: UploadsDeps;
  private readonly hashes = new RunningHashes();

  constructor(deps: UploadsDeps) {
    this.deps = deps;
  }

  async create(ctx: Ctx, upload: NewResumable): Promise<ResumableState> {
    const { metadataHeader = null } = upload;
    const { row } = await this.open(ctx, {
      ...readTusTarget(upload.metadata),
      declaredBytes: upload.size,
      idempotencyKey: null,
      metadataHeader,
    });
    return toState(row);
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
    const begin = wish.begin ?? ((key: Key) => storage.open(key));
    const draft = await begin(keys.original(ctx.workspaceId, blobId));
    const row = await repository.insert(ctx, {
      id: this.deps.newId(),
      owner,
      blobId,
      declaredBytes: wish.declaredBytes,
      filename: wish.filename,
      target: wish.target ?? { folder: '/', tags: [] },
      draft,
      idempotencyKey: wish.idempotencyKey,
      metadataHeader: wish.metadataHeader,
      expiresAt: expiryOf(ctx),
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
    try {
      return toState({ ...row, receivedBytes: await this.storedBytes(row) });
    } catch (error) {
      // Another request may have finished it between the row and its object: only the row of now tells that from an upload that is gone.
      const now = isError(error, 'draft_gone') ? await this.require(ctx, id) : row;
      if (now.state === row.state) throw error;
      return toState({ ...now, receivedBytes: await this.storedBytes(now) });
    }
  }

  async declareSize(ctx: Ctx, id: string, size: number): Promise<void> {
    const row = await this.require(ctx, id);
    // What has come counts already.
    await this.deps.checkQuota(ctx, Math.max(0, size - row.receivedBytes));
    await this.deps.repository.declare(ctx, id, size);
  }

  /** P2: bytes at an offset. `stop` ends the body where it is. */
  receive(ctx: Ctx, id: string, offset: number, body: Readable, stop?: AbortSignal): Promise<number> {
    return leased(this.deps.repository, ctx, id, async (row) => {
      if (resumable(ctx, row).state === 'done') throw conflict('This upload is finished.');
      return this.take(ctx, row, offset, body, stop);
    });
  }

  /** P2 with the lease held. */
  async take(ctx: Ctx, row: UploadRow, offset: number, body: Readable, stop?: AbortSignal): Promise<number> {
    const { storage, repository, maxBytes } = this.deps;
    const draft = draftOf(row);
    const stored = await storage.stat(draft);
    if (stored !== offset) throw conflict({ detail: 'The offset is not where the upload stands.', extra: { offset: stored } });
    const hash = this.hashes.take(row.blobId, offset);
    const limit = (row.declaredBytes ?? maxBytes) - offset;
    // A declared length was asked for when it was declared.
    const gate = row.declaredBytes === null ? (bytes: number) => this.deps.checkQuota(ctx, bytes) : null;
    const meter = new Meter(limit, hash, gate);
    const release = meter.takeFrom(body, stop);
    const next = await storage.append(draft, offset, meter).finally(release);
    if (hash && meter.bytes === next - offset) this.hashes.keep(row.blobId, hash, next, ctx.clock.now());
    failpoint('P2');
    await repository.progress(ctx, row.id, next, { key: draft.key, state: draft.state });
    if (meter.exceeded)
      throw payloadTooLarge({ detail: 'More bytes came than were declared or allowed.', extra: { allowed: limit + offset } });
    if (meter.refused !== null) throw meter.refused instanceof Error ? meter.refused : new Error(String(meter.refused));
    // From here on what came is among what the quota holds as reserved.
    await gate?.(0);
    return next;
  }

  /** P3-P7: the object becomes visible, is verified, and one transaction makes the asset of it. */
  finish(ctx: Ctx, id: string): Promise<string> {
    return leased(this.deps.repository, ctx, id, async (row) => {
      // The row is that of now: the request that made the asset may have ended while this one waited.
      const { assetId, target } = resumable(ctx, row);
      return assetId ?? this.commit(ctx, row, { way: 'tus', target, fieldsHash: null });
    });
  }

  /** Commits a received upload; the lease is held. @throws size_mismatch, hash_mismatch, and what `assets` refuses */
  async commit(ctx: Ctx, row: UploadRow, { way, target, fieldsHash, complete, sha256: declared = [] }: Commit): Promise<string> {
    const { storage, repository, create } = this.deps;
    if (!(await repository.setCommitting(ctx, row.id))) throw notFound('This upload is over.');
    const info = await (complete?.() ?? storage.complete(draftOf(row)));
    failpoint('P3');
    if (row.declaredBytes !== null && info.bytes !== row.declaredBytes) {
      throw sizeMismatch({ extra: { declared: row.declaredBytes, received: info.bytes } });
    }
    const sha256 = this.hashes.digest(row.blobId, info.bytes) ?? (await this.rehash(info.key));
    if (declared.some((hash) => hash !== sha256)) throw hashMismatch({ extra: { declared: declared[0], found: sha256 } });
    failpoint('P4');
    const created = await create.commit(
      ctx,
      {
        blob: { id: row.blobId, sha256, bytes: info.bytes },
        filename: row.filename,
        folder: target.folder,
        tags: target.tags,
        title: target.title,
        metadata: target.metadata,
        publish: target.publish ?? false,
        onConflict: target.onConflict ?? 'rename',
        onDuplicate: target.onDuplicate ?? 'keep',
      },
      async (ctx, { assetId }) => {
        if (!(await repository.finish(ctx, row, { assetId, bytes: info.bytes, sha256, fieldsHash })))
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
    await leased(this.deps.repository, ctx, id, async (row) => {
      if (resumable(ctx, row).state === 'done') throw conflict('This upload is finished; delete the asset instead.');
      await this.discard(ctx, row);
    });
  }

  /**
   * Gives back what a refused or cancelled request had brought. Nothing happens when the upload has become an asset after all,
   * or goes on with another object.
   */
  async discard(ctx: Ctx, upload: Pick<UploadRow, 'id' | 'blobId' | 'draft'>): Promise<void> {
    // Row first: an aborted object must never look complete (security 0.10).
    if (await this.deps.repository.expire(ctx, upload)) await this.dropObject(upload);
  }

  /** Removes the bytes of an upload whose row has ended or names another object. */
  async dropObject(upload: Pick<UploadRow, 'blobId' | 'draft'>): Promise<void> {
    this.hashes.drop(upload.blobId);
    await giveBack(this.deps, upload);
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
    return resumable(ctx, await this.deps.repository.find(ctx, id, ownerOf(ctx)));
  }
}
