import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { nextChunk } from './body.ts';
import { keys } from './keys.ts';
import type { S3Calls } from './s3-calls.ts';
import { finished, joinParts } from './s3-join.ts';
import { MIN_PART, type Part, S3Multipart } from './s3-multipart.ts';
import { PartWriter } from './s3-part-writer.ts';
import { metadataOf, ownSideOf, type Side, sideOf, type Standing } from './s3-side.ts';
import { draftGone, type Key, offsetConflict, type StoredInfo } from './storage.ts';

/**
 * Resumable writes on S3 (ADR 401). Whole parts go straight to the final key; what is too small for a part waits in a *side object*
 * that also says, in its metadata, where its bytes belong: they begin at `base`, after `parts` parts of upload `upload`. The side
 * object is the draft: it is there from `open` to `complete` or `abort`, and nothing else is needed to go on.
 *
 * A part always contains the side object's bytes at its beginning. So if the store has parts the side object does not know of (the
 * process died before it wrote it anew), those parts count and the side object's bytes are already in them.
 */

export class S3Drafts {
  readonly #calls: S3Calls;
  readonly #multipart: S3Multipart;

  constructor(calls: S3Calls) {
    this.#calls = calls;
    this.#multipart = new S3Multipart(calls.connection);
  }

  async open(key: Key): Promise<void> {
    const fresh = { metadata: metadataOf({ upload: null, parts: 0, base: 0 }), onlyNew: true };
    await this.#calls.put(keys.draft(key), Buffer.alloc(0), fresh);
  }

  async offset(key: Key): Promise<number> {
    const side = await this.#calls.head(keys.draft(key));
    if (side === null) throw draftGone();
    const { base, tail } = await this.#standing(key, ownSideOf(side.metadata), side.bytes);
    return base + tail;
  }

  /** @returns the durable offset, also when the body broke */
  async append(key: Key, offset: number, body: Readable): Promise<number> {
    const side = await this.#calls.get(keys.draft(key));
    if (side === null) throw draftGone();
    const stored = await buffer(side.stream);
    const at = await this.#standing(key, ownSideOf(side.metadata), stored.length);
    if (at.base + at.tail !== offset) throw offsetConflict({ extra: { offset: at.base + at.tail, given: offset } });
    const writer = new PartWriter(this.#calls, this.#multipart, key, at, at.tail === 0 ? Buffer.alloc(0) : stored);
    const source = body.iterator({ destroyOnReturn: false });
    while (true) {
      const next = await nextChunk(source);
      // a broken body ends the writing without throwing: what arrived is kept
      if (next === null || next instanceof Error) return writer.finish();
      await writer.add(next);
    }
  }

  async complete(key: Key): Promise<StoredInfo> {
    const side = await this.#calls.head(keys.draft(key));
    if (side === null) return finished(this.#calls, key);
    const { upload, parts, base } = ownSideOf(side.metadata);
    const listed = upload === null ? [] : await this.#multipart.list(key, upload);
    if (listed === null) {
      // Completed, and the answer or the process was lost, or gone for good: only the object itself tells which.
      const info = await finished(this.#calls, key);
      await this.#calls.remove([keys.draft(key)]);
      return info;
    }
    const known = checked(listed, { upload, parts, base });
    if (upload === null || known.length === 0) {
      await this.#calls.copy(side, key);
      if (upload !== null) await this.#multipart.abort(key, upload);
    } else {
      await this.#join(key, upload, known, known.length > parts ? 0 : side.bytes);
    }
    const info = await finished(this.#calls, key);
    await this.#calls.remove([keys.draft(key)]);
    return info;
  }

  async abort(key: Key): Promise<void> {
    const side = await this.#calls.head(keys.draft(key));
    if (side === null) return;
    const { upload } = sideOf(side.metadata);
    // The side object goes last: it alone knows the upload.
    if (upload !== null) await this.#multipart.abort(key, upload);
    await this.#calls.remove([keys.draft(key)]);
  }

  async #join(key: Key, upload: string, parts: Part[], tail: number): Promise<void> {
    const all = [...parts];
    if (tail > 0) {
      const side = await this.#calls.get(keys.draft(key));
      if (side === null) throw draftGone();
      const last = await this.#multipart.upload(key, upload, parts.length + 1, await buffer(side.stream));
      if (last === null) throw draftGone();
      all.push(last);
    }
    await joinParts(this.#calls, this.#multipart, { key, upload, parts: all });
  }

  async #standing(key: Key, side: Side, bytes: number): Promise<Standing> {
    if (side.upload === null) return { ...side, tail: bytes };
    const newer = await this.#multipart.list(key, side.upload, side.parts);
    if (newer === null) throw draftGone();
    const parts = whole(newer, side.parts);
    const base = side.base + parts.reduce((sum, part) => sum + part.bytes, 0);
    return { upload: side.upload, parts: side.parts + parts.length, base, tail: parts.length > 0 ? 0 : bytes };
  }
}

/**
 * The parts that continue `after` without a gap. A smaller one is the side object's own copy, sent by a `complete` that did not come to its
 * end: it is written again under the same number.
 */
function whole(parts: readonly Part[], after: number): Part[] {
  const found: Part[] = [];
  for (const part of parts) {
    if (part.number !== after + found.length + 1 || part.bytes < MIN_PART) break;
    found.push(part);
  }
  return found;
}

/**
 * Parts the object is made of. A part that a dead process sent late may have replaced one of ours: then the lengths do not add up to
 * what was promised, and the upload is lost rather than wrong.
 */
function checked(listed: readonly Part[], side: Side): Part[] {
  const parts = whole(listed, 0);
  const promised = parts.slice(0, side.parts).reduce((sum, part) => sum + part.bytes, 0);
  if (parts.length < side.parts || promised !== side.base)
    throw draftGone({ detail: 'Parts of this upload are missing in the store; upload the file again.' });
  return parts;
}
