import type { Ctx } from '../../../context.ts';
import { invalidRequest, notFound } from '../../../errors.ts';
import type { ResumableState } from '../../../platform/http/tus.ts';
import type { Draft, Key } from '../../../platform/storage/storage.ts';
import type { UploadRow } from './uploads.repository.ts';

/** What an upload's row says, in the terms of others. */

/** Durable for 7 days (library-model, upload). */
export const UPLOAD_LIFETIME_MS = 7 * 86_400_000;

/** The credential that opens an upload; nobody else sees it. */
export function ownerOf(ctx: Ctx): string {
  return `${ctx.actor.kind}:${ctx.actor.id ?? ''}`;
}

export function expiryOf(ctx: Ctx): Date {
  return new Date(ctx.clock.now().getTime() + UPLOAD_LIFETIME_MS);
}

/** The row while the upload can be asked for. @throws not_found */
export function live(ctx: Ctx, row: UploadRow | null): UploadRow {
  if (!row || row.state === 'expired' || (row.state !== 'done' && row.expiresAt <= ctx.clock.now())) throw noSuchUpload();
  return row;
}

/** As `live`, for those whose bytes come through us; one that goes to the store directly is not there for tus. @throws not_found */
export function resumable(ctx: Ctx, row: UploadRow | null): UploadRow {
  const found = live(ctx, row);
  if (found.target.direct) throw noSuchUpload();
  return found;
}

export function noSuchUpload(): Error {
  return notFound('There is no such upload, or it has expired.');
}

export function draftOf(row: Pick<UploadRow, 'draft'>): Draft {
  if (!row.draft) throw invalidRequest('This upload has no object.');
  return { key: row.draft.key as Key, state: row.draft.state };
}

export function toState(row: UploadRow): ResumableState {
  return {
    id: row.id,
    offset: row.receivedBytes,
    size: row.declaredBytes,
    createdAt: row.createdAt,
    assetId: row.assetId,
    metadataHeader: row.metadataHeader,
  };
}
