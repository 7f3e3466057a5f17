import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type { Ctx } from '../../../context.ts';
import { notFound } from '../../../errors.ts';
import { type AnyRoute, defineRoute, signedIn } from '../../../platform/http/route.ts';
import { notModified, safeHeaders, sendStored } from '../../../platform/http/send.ts';
import type { Key, Storage } from '../../../platform/storage/storage.ts';
import type { DownloadsService } from './assets-download.service.ts';
import { idParams } from './assets.schema.ts';
import type { AssetsService } from './assets.service.ts';

export interface DownloadRoutesDeps {
  assets: AssetsService;
  storage: Storage;
  downloads: DownloadsService;
  originalKey(ctx: Ctx, blobId: string): Key;
  clipOf(ctx: Ctx, versionId: string): Promise<{ key: Key; mime: string; bytes: number } | null>;
}

const originalQuery = z.object({
  redirect: z.enum(['true', 'false']).optional().meta({
    description:
      'false: never 302, for clients that cannot follow it to another host. true: 302 also for a script in a page, which the bucket must allow by CORS.',
  }),
});

const tag = 'Assets';
const since = '0.1';
const timeoutMs = null;
const cacheControl = 'private, max-age=0, must-revalidate';

/** The bytes of one asset: from here, or, large originals, from the store itself. */
export function downloadRoutes({ assets, storage, downloads, originalKey, clipOf }: DownloadRoutesDeps): AnyRoute[] {
  return [
    defineRoute({
      method: 'get',
      path: '/assets/:id/original',
      id: 'assets.original',
      summary: 'The file as it was uploaded',
      description:
        'Takes Range requests. A whole file over 64 MB may be answered with 302 to an address of the S3 store that works for 60 seconds, when the store is on AWS or has an https address; requests with Range, HEAD, and what a page embeds or fetches are always answered with the bytes.',
      tag,
      since,
      access: signedIn('assets:read', 'original', 'asset'),
      params: idParams,
      query: originalQuery,
      responses: { 200: 'binary', 302: null },
      timeoutMs,
      handle: async ({ ctx, params, query, req, res }) => {
        const row = await assets.authorizeOne(ctx, 'original', params.id);
        const file = { key: originalKey(ctx, row.blobId), bytes: row.bytes, mime: row.mime, filename: row.name };
        const [etag, lastModified] = [`${row.versionId}-original`, row.createdAt];
        if (mayFollow(req, query.redirect) && !notModified(req, `"${etag}"`, lastModified)) {
          const address = await downloads.addressOf(ctx, file);
          if (address !== null)
            return { status: 302, headers: { ...safeHeaders(), 'Cache-Control': 'private, no-store', Location: address } };
        }
        const open = (range?: { start: number; end: number }) => storage.read(file.key, range);
        await sendStored(req, res, { ...file, open, etag, lastModified, disposition: 'attachment', cacheControl });
        return undefined;
      },
    }),
    defineRoute({
      method: 'get',
      path: '/assets/:id/clip',
      id: 'assets.clip',
      summary: 'The short web preview of a video or audio file',
      description: 'Takes Range requests.',
      tag,
      since,
      access: signedIn('assets:read', 'rendition', 'asset'),
      params: idParams,
      responses: { 200: 'binary' },
      timeoutMs,
      handle: async ({ ctx, params, req, res }) => {
        const row = await assets.authorizeOne(ctx, 'rendition', params.id);
        const clip = await clipOf(ctx, row.versionId);
        if (!clip) throw notFound('There is no web preview of this file.');
        const open = (range?: { start: number; end: number }) => storage.read(clip.key, range);
        const [etag, lastModified] = [`${row.versionId}-clip`, row.createdAt];
        const { bytes, mime } = clip;
        await sendStored(req, res, { open, bytes, mime, etag, lastModified, filename: row.name, disposition: 'inline', cacheControl });
        return undefined;
      },
    }),
  ];
}

/**
 * Whether a request may be answered with another address. An address is signed for GET alone; a part belongs to a download that was begun
 * here, under our ETag; and pictures, players and scripts of a page reach other hosts only where its policy and the bucket's CORS let them. A
 * browser tells them apart by Sec-Fetch-*: a download is a navigation, or (a link with `download`, by the letter of HTML) has no destination.
 */
function mayFollow(req: IncomingMessage, redirect: 'true' | 'false' | undefined): boolean {
  if (redirect === 'false' || req.method !== 'GET' || req.headers.range !== undefined) return false;
  if (redirect === 'true') return true;
  const { 'sec-fetch-mode': mode, 'sec-fetch-dest': destination } = req.headers;
  if (mode === undefined) return true;
  const nowhere = destination === undefined || destination === 'empty';
  return mode === 'navigate' ? nowhere || destination === 'document' : mode === 'no-cors' && nowhere;
}
