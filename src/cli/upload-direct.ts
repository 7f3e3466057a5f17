import { Readable } from 'node:stream';
import type { Container } from '../container.ts';
import { systemContext } from '../context.ts';
import { DamsonError, isError } from '../errors.ts';
import { type Sink, TryAgain } from './upload-sink.ts';

/** Straight into the library, with the same commit protocol as a server's uploads. */
export function directSink({ config, uploads, workspaceId }: Container): Sink {
  const ctx = systemContext(workspaceId, { requestId: 'cli' });
  const { service } = uploads;
  return {
    place: config.dataDir,
    create: async (file, metadata) => (await service.create(ctx, { size: file.bytes, metadata: { filename: file.name, ...metadata } })).id,
    offset: async (upload) => {
      const state = await service.state(ctx, upload).catch((error: unknown) => {
        if (isError(error, 'not_found')) return null;
        throw error;
      });
      return state === null ? null : state.offset;
    },
    send: (upload, offset, piece) => service.receive(ctx, upload, offset, Readable.from([piece])).catch(mapped),
    finish: (upload) => service.finish(ctx, upload).catch(mapped),
  };
}

function mapped(error: unknown): never {
  if (error instanceof DamsonError && (error.status === 503 || error.status === 423)) throw new TryAgain(error.message, { cause: error });
  throw error;
}
