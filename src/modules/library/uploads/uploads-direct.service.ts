import type { Ctx } from '../../../context.ts';
import { conflict, defineError, invalidRequest, isError } from '../../../errors.ts';
import type { DirectPart, DirectUploads, Storage } from '../../../platform/storage/storage.ts';
import type { FoldersService } from '../folders/index.ts';
import type { DirectCompletion, DirectUploadDto, DirectWish } from './uploads-direct.schema.ts';
import { leased, uploadLocked } from './uploads.lease.ts';
import { checkParts, partCount, partsFrom } from './uploads.parts.ts';
import type { DirectTarget, UploadRow, UploadsRepository } from './uploads.repository.ts';
import { draftOf, live, noSuchUpload, ownerOf } from './uploads.row.ts';
import type { UploadsService } from './uploads.service.ts';
import { nameText, plainText, plainValues, readTags } from './uploads.target.ts';

const directUnavailable = defineError('direct_upload_unavailable', 422, 'Files cannot be sent to the store directly here');
const partsIncomplete = defineError('parts_incomplete', 422, 'The parts in the store are not those of the whole file');

/** Addresses in one answer: enough for a while, few enough that they are used before they end. */
const BATCH = 50;
/** How long an address works. A part that is on its way when it ends may arrive. */
const ADDRESS_SECONDS = 15 * 60;
/** Numbers named in a refusal. */
const NAMED = 100;
/** Objects read for their hash at one time by this process: more would only take bandwidth from each other. */
const MOST_READ = 4;

export interface DirectDeps {
  repository: UploadsRepository;
  storage: Storage;
  folders: FoldersService;
  uploads: UploadsService;
}

type DirectRow = UploadRow & { readonly declaredBytes: number; readonly target: { readonly direct: DirectTarget } };

/** Files whose bytes the client sends to the store itself (ADR 404): we give addresses, and check what came before it counts. */
export class DirectService {
  private readonly deps: DirectDeps;
  private reading = 0;

  constructor(deps: DirectDeps) {
    this.deps = deps;
  }

  /**
   * Opens an upload. Everything that can be refused is refused here, as for every other.
   * @throws direct_upload_unavailable where the store takes bytes from nobody but us
   */
  async open(ctx: Ctx, wish: DirectWish): Promise<DirectUploadDto> {
    const direct = this.store();
    const { row } = await this.deps.uploads.open(ctx, {
      declaredBytes: wish.bytes,
      filename: nameText(wish.name),
      target: {
        folder: nameText(wish.folder) || '/',
        tags: readTags(wish.tags.map(nameText).join(',')),
        title: wish.title === undefined ? undefined : plainText('title', wish.title),
        metadata: plainValues(wish.metadata),
        publish: wish.publish,
        onConflict: wish.onConflict,
        onDuplicate: wish.onDuplicate,
        direct: { partBytes: direct.partBytes(wish.bytes), sha256: wish.sha256 ?? null },
      },
      idempotencyKey: null,
      metadataHeader: null,
      begin: (key) => direct.open(key),
    });
    return this.describe(ctx, asDirect(row), 1, []);
  }

  /** Addresses of the parts from number `from` on, as many as one answer holds; those that the store has already say so. */
  async addresses(ctx: Ctx, id: string, from: number): Promise<DirectUploadDto> {
    const { repository, folders } = this.deps;
    const row = asDirect(live(ctx, await repository.find(ctx, id, ownerOf(ctx))));
    if (row.state === 'done') throw conflict('This upload is finished.');
    const count = partCount(row.declaredBytes, row.target.direct.partBytes);
    if (from > count) throw invalidRequest({ extra: { errors: [{ path: 'query.from', message: `the file has ${count} parts` }] } });
    // Who may no longer create there gets no further.
    await folders.checkCreate(ctx, row.target.folder);
    const stored = await this.store().parts(draftOf(row));
    if (stored === null) throw conflict('The parts of this upload have been joined; complete it again.');
    return this.describe(ctx, row, from, stored);
  }

  /**
   * Makes the asset, when the store has every part as it was announced and the bytes are those that were declared. Idempotent. Takes as
   * long as reading the file from the store; upload_locked while another request does just that, or while this process reads enough others.
   * @throws parts_incomplete (nothing is lost: send those and ask again), hash_mismatch (the upload is over)
   */
  complete(ctx: Ctx, id: string, { parts: sent, sha256 }: DirectCompletion): Promise<string> {
    return leased(this.deps.repository, ctx, id, async (found) => {
      const row = asDirect(live(ctx, found));
      if (row.assetId !== null) return row.assetId;
      const {
        direct: { sha256: declared },
        ...target
      } = row.target;
      const hashes = [declared, sha256 ?? null].filter((hash) => hash !== null);
      const join = await this.checked(row, sent);
      if (this.reading >= MOST_READ) {
        throw uploadLocked({ detail: 'Other files are being checked; ask again.', headers: { 'Retry-After': '5' } });
      }
      this.reading += 1;
      try {
        return await this.deps.uploads.commit(ctx, row, { way: 'direct', target, fieldsHash: null, complete: join, sha256: hashes });
      } catch (error) {
        // These bytes will never be right: they go at once. What cannot be removed now is left to the sweeper.
        if (isError(error, 'hash_mismatch') || isError(error, 'size_mismatch')) {
          await this.deps.uploads.discard(ctx, row).catch(() => undefined);
        }
        throw error;
      } finally {
        this.reading -= 1;
      }
    });
  }

  /** Ends an unfinished upload; what it brought is removed. */
  async remove(ctx: Ctx, id: string): Promise<void> {
    await leased(this.deps.repository, ctx, id, async (row) => {
      if (asDirect(live(ctx, row)).state === 'done') throw conflict('This upload is finished; delete the asset instead.');
      await this.deps.uploads.discard(ctx, row);
    });
  }

  /** What makes the object, once all is there. An earlier call may have joined the parts: then the object is what is checked. */
  private async checked(row: DirectRow, sent: DirectCompletion['parts']) {
    const direct = this.store();
    const draft = draftOf(row);
    const stored = await direct.parts(draft);
    if (stored === null) return () => direct.join(draft, []);
    const expected = allParts(row);
    const { parts, missing, wrong } = checkParts(expected, stored, sent);
    if (parts.length < expected.length) {
      throw partsIncomplete({
        detail: `Of ${expected.length} parts ${missing.length} are missing in the store and ${wrong.length} are not as announced. Send those and ask again.`,
        extra: { missing: missing.slice(0, NAMED), wrong: wrong.slice(0, NAMED) },
      });
    }
    return () => direct.join(draft, parts);
  }

  private async describe(
    ctx: Ctx,
    row: DirectRow,
    from: number,
    stored: readonly { number: number; bytes: number; etag: string }[],
  ): Promise<DirectUploadDto> {
    const { partBytes } = row.target.direct;
    const wanted = partsFrom({ bytes: row.declaredBytes, partBytes }, from, BATCH);
    const urls = await this.store().addresses(draftOf(row), wanted, ADDRESS_SECONDS);
    const tags = new Map(stored.map((part) => [`${part.number} ${part.bytes}`, part.etag]));
    const count = partCount(row.declaredBytes, partBytes);
    const next = from + wanted.length;
    return {
      id: row.id,
      bytes: row.declaredBytes,
      partBytes,
      partCount: count,
      parts: wanted.map(({ number, bytes }, i) => ({ number, bytes, url: urls[i] ?? '', etag: tags.get(`${number} ${bytes}`) ?? null })),
      next: next > count ? null : next,
      expiresAt: new Date(ctx.clock.now().getTime() + ADDRESS_SECONDS * 1000).toISOString(),
      uploadExpiresAt: row.expiresAt.toISOString(),
    };
  }

  private store(): DirectUploads {
    const { direct, features } = this.deps.storage;
    if (direct && features.presignedPut) return direct;
    throw directUnavailable({ detail: 'The storage of this server is not reached by clients; upload through the server (tus).' });
  }
}

function allParts({ declaredBytes: bytes, target: { direct } }: DirectRow): DirectPart[] {
  return partsFrom({ bytes, partBytes: direct.partBytes }, 1, Number.MAX_SAFE_INTEGER);
}

/** @throws not_found for an upload whose bytes come through us */
function asDirect(row: UploadRow): DirectRow {
  const { declaredBytes, target } = row;
  if (target.direct === undefined || declaredBytes === null) throw noSuchUpload();
  return { ...row, declaredBytes, target: { ...target, direct: target.direct } };
}
