import type { DirectPart, StoredPart } from '../../../platform/storage/storage.ts';

/** A file in parts: which there must be, and whether those that the store has are these. Pure. */

/** A part as the client says it sent it. */
export interface SentPart {
  readonly number: number;
  /** `ETag` of the store's answer, with or without its quotes. */
  readonly etag: string;
}

export function partCount(bytes: number, partBytes: number): number {
  return Math.ceil(bytes / partBytes);
}

/** Parts `from`, … of a file, at most `most` of them: all of `partBytes` but the last of all. */
export function partsFrom(file: { bytes: number; partBytes: number }, from: number, most: number): DirectPart[] {
  const { bytes, partBytes } = file;
  const end = Math.min(partCount(bytes, partBytes), from + most - 1);
  const parts: DirectPart[] = [];
  for (let number = from; number <= end; number++) parts.push({ number, bytes: Math.min(partBytes, bytes - (number - 1) * partBytes) });
  return parts;
}

export interface PartsCheck {
  /** What the object is made of; whole only when the lists below are empty. */
  readonly parts: StoredPart[];
  /** Numbers of parts that the store does not have. */
  readonly missing: number[];
  /** Numbers of parts that have another length there, or that the client knows by another tag, or not at all. */
  readonly wrong: number[];
}

/** Compares what there must be with what the store has and what the client says it sent. Parts beyond the last are left out. */
export function checkParts(expected: readonly DirectPart[], stored: readonly StoredPart[], sent: readonly SentPart[]): PartsCheck {
  const there = new Map(stored.map((part) => [part.number, part]));
  const told = new Map(sent.map(({ number, etag }) => [number, bareTag(etag)]));
  const check: PartsCheck = { parts: [], missing: [], wrong: [] };
  for (const { number, bytes } of expected) {
    const part = there.get(number);
    if (part === undefined) check.missing.push(number);
    else if (part.bytes !== bytes || told.get(number) !== part.etag) check.wrong.push(number);
    else check.parts.push(part);
  }
  return check;
}

function bareTag(etag: string): string {
  return etag.trim().replace(/^"|"$/g, '');
}
