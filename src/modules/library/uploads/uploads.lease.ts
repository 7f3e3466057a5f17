import { randomUUID } from 'node:crypto';
import type { Ctx } from '../../../context.ts';
import { defineError } from '../../../errors.ts';
import type { UploadRow, UploadsRepository } from './uploads.repository.ts';
import { noSuchUpload, ownerOf } from './uploads.row.ts';

export const uploadLocked = defineError('upload_locked', 423, 'Another request is writing to this upload');

/** Short, so that after a crash the next process can go on at once; prolonged while bytes flow (ADR 0012). */
const LEASE_MS = 4000;
const RENEW_MS = 1000;

/**
 * Runs `work` as the only writer of the upload, over all processes, with the row as it is then: what was read before may have
 * become untrue while another was writing.
 * @throws upload_locked, not_found
 */
export async function leased<T>(repository: UploadsRepository, ctx: Ctx, id: string, work: (row: UploadRow) => Promise<T>): Promise<T> {
  const holder = randomUUID();
  const until = () => new Date(ctx.clock.now().getTime() + LEASE_MS);
  const row = await repository.lease(ctx, id, ownerOf(ctx), holder, until());
  if (!row) {
    if (!(await repository.find(ctx, id, ownerOf(ctx)))) throw noSuchUpload();
    throw uploadLocked({ headers: { 'Retry-After': String(Math.ceil(LEASE_MS / 1000)) } });
  }
  const renewal = setInterval(() => void repository.prolong(ctx, id, holder, until()).catch(() => undefined), RENEW_MS);
  try {
    return await work(row);
  } finally {
    clearInterval(renewal);
    await repository.release(ctx, id, holder).catch(() => undefined);
  }
}
