import type { Key } from './storage.ts';

/** Every key format there is (decisions 1). Keys never hold a client's file name. */

const SAFE = /^[A-Za-z0-9._-]+$/;
const SAFE_KEY = /^(?:[A-Za-z0-9_-][A-Za-z0-9._-]*\/)+[A-Za-z0-9_-][A-Za-z0-9._-]*$/;
const SAFE_PREFIX = /^(?:[A-Za-z0-9_-][A-Za-z0-9._-]*(?:\/|$))*$/;
/** What a store keeps for itself; never listed and never served. */
const OWN = ['drafts/', 'probes/'];

function key(...parts: string[]): Key {
  for (const part of parts) if (!SAFE.test(part) || part === '.' || part === '..') throw new Error(`unsafe key part: ${part}`);
  return parts.join('/') as Key;
}

export const keys = {
  original: (workspaceId: string, blobId: string): Key => key('originals', workspaceId, blobId),
  derived: (workspaceId: string, blobId: string, recipeHash: string, extension: string): Key =>
    key('derived', workspaceId, blobId, `${recipeHash}.${extension}`),
  originalsPrefix: 'originals/',
  derivedPrefix: 'derived/',
  /** S3: the side object of an unfinished upload, with its last bytes and where they belong. */
  draft: (object: Key): Key => `drafts/${object}` as Key,
  /** The object that a side object belongs to. */
  ofDraft: (side: Key): Key => side.slice('drafts/'.length) as Key,
  draftsPrefix: 'drafts/',
  /** S3: what the check at start writes, reads and removes. */
  probe: (id: string): Key => key('probes', id),
};

/** Whether it has the form of a key: at least one folder, no dot first, nothing that means something to a file system. */
export function isKey(text: string): text is Key {
  return SAFE_KEY.test(text);
}

/** A key as callers may name it. @throws Error for one that is none, or the store's own */
export function objectKey(key: Key): Key {
  if (!isKey(key) || isOwn(key)) throw new Error(`unsafe key: ${key}`);
  return key;
}

/** Whether keys may begin so; '' is every key. */
export function isPrefix(text: string): boolean {
  return SAFE_PREFIX.test(text);
}

/** Whether the store keeps this object for itself. */
export function isOwn(key: string): boolean {
  return OWN.some((prefix) => key.startsWith(prefix));
}
