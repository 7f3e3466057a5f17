import type { z } from 'zod';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Ctx } from '../../../context.ts';
import { invalidRequest } from '../../../errors.ts';
import { readMultipart } from '../../../platform/http/multipart.ts';
import { toDamsonError, toProblem } from '../../../platform/http/problem.ts';
import { type AnyRoute, defineRoute, type Reply, signedIn } from '../../../platform/http/route.ts';
import { type Telemetry, uploadEnded } from '../../../telemetry.ts';
import { type AssetDto, assetSchema, uploadFieldsSchema, uploadResultSchema } from '../assets/index.ts';
import type { UploadRow, UploadTarget } from './uploads.repository.ts';
import type { MultipartService } from './uploads-multipart.service.ts';
import { nameText, plainText, readMetadata, readTags } from './uploads.target.ts';

export interface UploadRoutesDeps {
  multipart: MultipartService;
  readAsset(ctx: Ctx, id: string): Promise<AssetDto>;
  tus(ctx: Ctx, req: IncomingMessage, res: ServerResponse): Promise<void>;
  maxBytes: number;
  telemetry: Telemetry;
}

const MAX_FILES = 100;

export function uploadRoutes(deps: UploadRoutesDeps): AnyRoute[] {
  const tusRoute = (method: 'post' | 'head' | 'patch' | 'delete', path: string, id: string, summary: string, status: number): AnyRoute =>
    defineRoute({
      method,
      path,
      id,
      summary,
      description:
        'tus 1.0: creation, creation-with-upload, termination, expiration, checksum. The answer to the last byte carries `Damson-Asset-Id`.',
      tag: 'Uploads',
      since: '0.1',
      access: signedIn('assets:write', 'create', 'folder'),
      bodyType: 'application/offset+octet-stream',
      responses: { [status]: null },
      timeoutMs: null,
      handle: async ({ ctx, req, res }) => {
        // The protocol's own parser needs the whole address.
        req.url = req.originalUrl;
        await deps.tus(ctx, req, res);
        return undefined;
      },
    });
  return [
    defineRoute({
      method: 'post',
      path: '/assets',
      id: 'assets.upload',
      summary: 'Upload one or more files',
      description:
        'One file answers 201 with the asset, several answer 207 with one result each, in the order sent. Idempotency-Key makes a retry safe.',
      tag: 'Assets',
      since: '0.1',
      access: signedIn('assets:write', 'create', 'folder'),
      bodyType: 'multipart/form-data',
      responses: { 201: assetSchema, 207: uploadResultSchema },
      timeoutMs: null,
      cost: 2,
      handle: async ({ ctx, req, res }) => {
        if (!/^multipart\/form-data\b/i.test(req.headers['content-type'] ?? '')) {
          req.resume();
          throw invalidRequest('Send the file as multipart/form-data in the field "file".');
        }
        const key = req.get('Idempotency-Key')?.slice(0, 200) ?? null;
        let position = 0;
        const taken: UploadRow[] = [];
        try {
          const { fields, files } = await readMultipart(req, res, {
            field: 'file',
            maxFiles: MAX_FILES,
            maxBytes: deps.maxBytes,
            onFile: async (file, body) => {
              const n = position++;
              const row = await deps.multipart.receive(
                ctx,
                { filename: file.filename, idempotencyKey: key === null ? null : `${key}#${n}` },
                body,
              );
              taken.push(row);
              return row;
            },
          });
          if (files.length === 0) throw invalidRequest('There is no file in the field "file".');
          const target = readTarget(fields);
          return await commitAll(
            deps,
            ctx,
            files.map((item) => item.stored),
            target,
          );
        } catch (error) {
          // What cannot be given back now is left to the sweeper; the first error is the one to tell.
          await Promise.allSettled(taken.map((row) => deps.multipart.discard(ctx, row)));
          const bytes = taken.reduce((sum, row) => sum + row.receivedBytes, 0);
          uploadEnded(deps.telemetry, ctx, { way: 'multipart', code: toDamsonError(error).code, bytes });
          throw error;
        }
      },
    }),
    tusRoute('post', '/uploads', 'uploads.create', 'Open a resumable upload', 201),
    tusRoute('head', '/uploads/:id', 'uploads.status', 'Where a resumable upload stands', 200),
    tusRoute('patch', '/uploads/:id', 'uploads.append', 'Append bytes to a resumable upload', 204),
    tusRoute('delete', '/uploads/:id', 'uploads.cancel', 'Cancel a resumable upload', 204),
  ];
}

async function commitAll(deps: UploadRoutesDeps, ctx: Ctx, rows: readonly UploadRow[], target: UploadTarget): Promise<Reply> {
  const [only] = rows;
  if (only !== undefined && rows.length === 1) {
    const id = await deps.multipart.commit(ctx, only, target);
    return { status: 201, body: await deps.readAsset(ctx, id), headers: { Location: `/api/v1/assets/${id}` } };
  }
  const items: { status: number; asset?: AssetDto; problem?: Record<string, unknown> }[] = [];
  for (const row of rows) {
    try {
      const id = await deps.multipart.commit(ctx, row, target);
      items.push({ status: 201, asset: await deps.readAsset(ctx, id) });
    } catch (error) {
      await deps.multipart.discard(ctx, row).catch(() => undefined); // left to the sweeper
      const { problem } = toProblem(error, ctx.requestId);
      items.push({ status: problem.status, problem: { ...problem } });
    }
  }
  return { status: 207, body: { items } };
}

function readTarget(fields: Record<string, string>): UploadTarget {
  const parsed = uploadFieldsSchema.safeParse(fields);
  if (!parsed.success) {
    throw invalidRequest({
      extra: {
        errors: parsed.error.issues.map((issue: z.core.$ZodIssue) => ({ path: `body.${issue.path.join('.')}`, message: issue.message })),
      },
    });
  }
  const { folder, tags, title, metadata, publish, onConflict, onDuplicate } = parsed.data;
  return {
    folder: nameText(folder) || '/',
    tags: readTags(nameText(tags)),
    title: title === undefined ? undefined : plainText('title', title),
    metadata: readMetadata(metadata),
    publish: publish === 'true',
    onConflict,
    onDuplicate,
  };
}
