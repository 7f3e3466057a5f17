import express, { type Request } from 'express';
import { defineError } from '../../errors.ts';

const notJson = defineError('json_expected', 415, 'A JSON body is expected');

const parsers = new Map<number, ReturnType<typeof express.json>>();

/**
 * The JSON body, undefined when there is none. Read only after the caller was let in.
 * @throws json_expected, and the parser's own errors (400, 413), which `problem.ts` maps
 */
export async function readJson(req: Request, limitBytes: number): Promise<unknown> {
  const hasBody = req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
  if (!hasBody) return undefined;
  if (!req.is(['application/json', 'application/*+json'])) throw notJson({ detail: 'Send Content-Type: application/json.' });
  const parser = parsers.get(limitBytes) ?? express.json({ limit: limitBytes, type: () => true });
  parsers.set(limitBytes, parser);
  await new Promise<void>((resolve, reject) => {
    if (req.res === undefined) return reject(new Error('no response belongs to this request'));
    parser(req, req.res, (error?: unknown) =>
      error === undefined ? resolve() : reject(error instanceof Error ? error : new Error(String(error))),
    );
  });
  const body: unknown = req.body;
  return body;
}
