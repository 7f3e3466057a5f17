import type { Request, Response } from 'express';
import multer from 'multer';
import type { Readable } from 'node:stream';
import { invalidRequest } from '../../errors.ts';

/** multipart/form-data whose files go straight to where they belong: never a whole file in memory. */

export interface IncomingFile {
  readonly field: string;
  /** Client's name as it was sent (UTF-8); data, never a path. */
  readonly filename: string;
  readonly declaredType: string;
}

export interface MultipartOptions<T> {
  readonly field: string;
  readonly maxFiles: number;
  readonly maxBytes: number;
  /** Takes the whole stream; a rejection refuses the request. */
  onFile(file: IncomingFile, body: Readable): Promise<T>;
}

export interface MultipartResult<T> {
  readonly fields: Record<string, string>;
  readonly files: { readonly file: IncomingFile; readonly stored: T }[];
}

/**
 * Reads one request. Files and fields may come in any order; nothing is decided before the whole request has been read.
 * @throws what `onFile` throws, multer's LIMIT_* errors (413/400 by problem.ts), invalid_request for a repeated field
 */
export async function readMultipart<T>(req: Request, res: Response, options: MultipartOptions<T>): Promise<MultipartResult<T>> {
  const files: MultipartResult<T>['files'] = [];
  const engine: multer.StorageEngine = {
    _handleFile: (_req, file, done) => {
      const info: IncomingFile = { field: file.fieldname, filename: file.originalname, declaredType: file.mimetype };
      const slot = { file: info, position: order++ };
      // Busboy cuts a file at its limit and says so only by an event: such a file must not be kept.
      let truncated = false;
      file.stream.once('limit', () => {
        truncated = true;
      });
      const taken = options.onFile(info, file.stream).then(
        (stored) => {
          positions.set(stored, slot.position);
          files.push({ file: info, stored });
          done(truncated ? new multer.MulterError('LIMIT_FILE_SIZE', file.fieldname) : null, {});
        },
        (error: unknown) => {
          file.stream.resume();
          done(error);
        },
      );
      underWay.add(taken);
      void taken.finally(() => underWay.delete(taken));
    },
    _removeFile: (_req, _file, done) => done(null),
  };
  const underWay = new Set<Promise<void>>();
  let order = 0;
  const positions = new Map<T, number>();
  const parse = multer({
    storage: engine,
    // multer's own limits are Infinity (security 1.4 U2).
    limits: {
      fileSize: options.maxBytes,
      files: options.maxFiles,
      fields: 20,
      parts: options.maxFiles + 20,
      fieldSize: 256 * 1024,
      fieldNameSize: 100,
      headerPairs: 50,
      fieldNestingDepth: 0,
    },
    defParamCharset: 'utf8',
  }).array(options.field, options.maxFiles);
  await new Promise<void>((resolve, reject) => {
    parse(req, res, (error: unknown) => (error ? reject(error) : resolve()));
  }).catch(async (error: unknown) => {
    // When the connection breaks multer does not wait for the file in hand; what came of it must be known to be given back.
    await Promise.all(underWay);
    throw Object.assign(error instanceof Error ? error : new Error(String(error)), { storedFiles: files.map((item) => item.stored) });
  });
  const fields: Record<string, string> = {};
  for (const [key, value] of Object.entries((req.body ?? {}) as Record<string, unknown>)) {
    if (typeof value !== 'string') throw invalidRequest({ extra: { errors: [{ path: `body.${key}`, message: 'sent more than once' }] } });
    fields[key] = value;
  }
  files.sort((a, b) => (positions.get(a.stored) ?? 0) - (positions.get(b.stored) ?? 0));
  return { fields, files };
}
