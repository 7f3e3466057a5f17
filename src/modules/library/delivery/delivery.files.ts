import type { Key, Storage } from '../../../platform/storage/storage.ts';

/** All of them as local files at one time; null when one is not there. */
export function withLocalFiles<T>(
  storage: Storage,
  wanted: readonly Key[],
  work: (paths: readonly string[]) => Promise<T>,
  have: readonly string[] = [],
): Promise<T | null> {
  const [first, ...rest] = wanted;
  if (first === undefined) return work(have);
  return storage.withLocalFile(first, (path) => withLocalFiles(storage, rest, work, [...have, path]));
}
