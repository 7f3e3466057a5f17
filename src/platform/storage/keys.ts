import type { Key } from './storage.ts';

/** Every key format there is (decisions 1). Keys never hold a client's file name. */

const SAFE = /^[A-Za-z0-9._-]+$/;

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
};
