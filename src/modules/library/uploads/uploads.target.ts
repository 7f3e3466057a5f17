import { invalidRequest } from '../../../errors.ts';
import type { UploadTarget } from './uploads.repository.ts';

/** What clients say about a file, read and checked: form fields and tus metadata. */

const MAX_TAGS = 200;

/** A client's name for something, as text that can be kept: what PostgreSQL has no place for becomes what it is in names. */
export function nameText(raw: string): string {
  return raw.toWellFormed().replaceAll('\u0000', '_');
}

/** A text of somebody's, unchanged. @throws invalid_request when it holds what cannot be stored */
export function plainText(path: string, text: string): string {
  if (text.includes('\u0000') || !text.isWellFormed()) throw bad(path, 'holds a NUL or half a character');
  return text;
}

export function readTags(list: string): string[] {
  const tags = list
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
  if (tags.length > MAX_TAGS || tags.some((tag) => tag.length > 100)) throw bad('tags', `at most ${MAX_TAGS} tags of 100 characters`);
  return tags;
}

/** `Upload-Metadata` of tus: filename, filetype, folder, tags, title, and ours: metadata, publish, onConflict, onDuplicate. */
export function readTusTarget(metadata: Record<string, string>): { filename: string; target: UploadTarget } {
  const filename = nameText(metadata['filename'] ?? metadata['name'] ?? 'unnamed');
  if (filename.length > 5000) throw bad('filename', 'at most 5000 characters');
  return {
    filename,
    target: {
      folder: nameText(limited('folder', metadata['folder'] ?? '/', 2000)) || '/',
      tags: readTags(nameText(limited('tags', metadata['tags'] ?? '', 5000))),
      title: metadata['title'] === undefined ? undefined : plainText('title', limited('title', metadata['title'], 500)),
      publish: metadata['publish'] === 'true',
      metadata: readMetadata(metadata['metadata']),
      onConflict: oneOf('onConflict', metadata['onConflict'], ['rename', 'version', 'fail']),
      onDuplicate: oneOf('onDuplicate', metadata['onDuplicate'], ['keep', 'skip', 'version']),
    },
  };
}

/** The JSON object of metadata values; keys are checked against the workspace's fields later. */
export function readMetadata(json: string | undefined): UploadTarget['metadata'] {
  if (json === undefined || json === '') return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    throw bad('metadata', 'not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw bad('metadata', 'not an object');
  const out: NonNullable<UploadTarget['metadata']> = {};
  for (const [key, value] of Object.entries(parsed)) {
    const scalar = value === null || ['string', 'number', 'boolean'].includes(typeof value);
    const list = Array.isArray(value) && value.every((item) => typeof item === 'string');
    if (!scalar && !list) throw bad(`metadata.${key}`, 'a text, number, true/false, list of texts or null');
    out[key] = value as string | number | boolean | string[] | null;
  }
  return plainValues(out);
}

/** Metadata values, unchanged. @throws invalid_request when one holds what cannot be stored */
export function plainValues(values: UploadTarget['metadata']): UploadTarget['metadata'] {
  for (const text of Object.entries(values ?? {}).flat(2)) if (typeof text === 'string') plainText('metadata', text);
  return values;
}

function oneOf<T extends string>(name: string, value: string | undefined, allowed: readonly T[]): T | undefined {
  if (value === undefined || value === '') return undefined;
  const found = allowed.find((item) => item === value);
  if (!found) throw bad(name, `one of ${allowed.join(', ')}`);
  return found;
}

function limited(name: string, value: string, max: number): string {
  if (value.length > max) throw bad(name, `at most ${max} characters`);
  return value;
}

function bad(path: string, message: string) {
  return invalidRequest({ extra: { errors: [{ path, message }] } });
}
