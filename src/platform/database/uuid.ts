import { v7 } from 'uuid';

/** A new UUIDv7: unique, and ordered by time, so that new rows lie together in their index. */
export function newId(): string {
  return v7();
}
