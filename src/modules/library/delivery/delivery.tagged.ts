import { isError } from '../../../errors.ts';
import type { Log } from '../../../platform/log.ts';
import type { Media, MediaOptions } from '../../../platform/media/media.ts';
import type { Encode, RenderedImage } from '../../../platform/media/plan.ts';
import type { Key, Storage } from '../../../platform/storage/storage.ts';

/** The metadata of a file in a derivative of it (ADR 0311). */

/** The file whose metadata a derivative keeps, and who wants it. */
export interface TagSource {
  readonly key: Key;
  readonly bytes: number;
  readonly mime: string;
  readonly wish: NonNullable<Encode['tags']>;
}

interface TagDeps {
  readonly storage: Storage;
  readonly media: Pick<Media, 'copyTags'>;
  readonly log: Log;
}

/**
 * A policy takes what can be had: where the file's metadata cannot be copied, `made` stays as it is, which says whose picture it is already.
 * @returns null when the file is gone
 * @throws what `Media.copyTags` throws, `decode_failed` only where the address asked
 */
export async function withTags(
  { storage, media, log }: TagDeps,
  source: TagSource,
  made: RenderedImage,
  options: MediaOptions,
): Promise<RenderedImage | null> {
  try {
    return await storage.withLocalFile(source.key, (path) => media.copyTags({ ...source, path }, made, options));
  } catch (error) {
    if (source.wish === 'asked' || !isError(error, 'decode_failed')) throw error;
    log.warn({ err: error, key: source.key }, 'the metadata of a file could not be copied into a derivative; it states the rights only');
    return made;
  }
}
