import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { decodeFailed, type MediaOptions, type VectorWish } from './media.ts';
import { openPlain } from './plain-file.ts';
import type { RenderedImage } from './plan.ts';
import { runRisky } from './risky.ts';
import { VECTOR_FILE } from './risky/protocol.ts';
import type { JobRoom, Sandbox } from './sandbox.ts';

/** See `Media.vector`. */
export async function writeVector(sandbox: Sandbox, room: JobRoom, wish: VectorWish, options: MediaOptions): Promise<RenderedImage> {
  const request = { decoder: 'vector', action: 'still', page: 0, longest: 0, maxPixels: 0, vector: wish } as const;
  const { still } = await runRisky(sandbox, room, request, options);
  if (!still) throw decodeFailed({ detail: 'The SVG was not written.', extra: { reason: 'damaged' } });
  const file = await openPlain(join(room.directory, VECTOR_FILE));
  return { data: await buffer(file.createReadStream()), mime: 'image/svg+xml', ...still };
}
