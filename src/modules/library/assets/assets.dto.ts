import { coordinatesOf } from './assets.framing.ts';
import type { AssetDetailRow, AssetRow } from './assets.repository.ts';
import type { AssetDto, AssetItemDto } from './assets.schema.ts';

/** Rows to answers: pure. Addresses come from the caller, since they carry tokens. */

export interface AssetUrls {
  readonly delivery: string;
  readonly versioned: string;
  readonly thumbnail: string | null;
  readonly preview: string | null;
  readonly transform: string | null;
  readonly original: string;
  readonly clip: string | null;
}

/** Whether anybody may fetch the asset at this moment. */
export function isPublicNow(row: Pick<AssetRow, 'publishedManually' | 'publishFrom' | 'publishUntil' | 'deletedAt'>, now: Date): boolean {
  if (!row.publishedManually || row.deletedAt !== null) return false;
  return (row.publishFrom === null || row.publishFrom <= now) && (row.publishUntil === null || row.publishUntil > now);
}

export function toItem(row: AssetRow, urls: AssetUrls, now: Date): AssetItemDto {
  return {
    id: row.id,
    name: row.name,
    title: row.title,
    folder: row.folderPath,
    folderId: row.folderId,
    status: row.status,
    failure: row.failureCode === null ? null : { code: row.failureCode, detail: row.failureDetail ?? '' },
    kind: kindOf(row.kind),
    mime: row.mime,
    bytes: row.bytes,
    width: row.width,
    height: row.height,
    duration: row.durationMs === null ? null : row.durationMs / 1000,
    pages: row.pages,
    hasAlpha: row.hasAlpha,
    tags: row.tags,
    colours: row.colours,
    thumbhash: row.thumbhash,
    preview: { state: row.previewState, reason: row.previewReason, detail: row.previewDetail, clip: urls.clip },
    published: {
      now: isPublicNow(row, now),
      from: row.publishFrom?.toISOString() ?? null,
      until: row.publishUntil?.toISOString() ?? null,
      releaseOriginal: row.releaseOriginal,
    },
    urls: { delivery: urls.delivery, versioned: urls.versioned, thumbnail: urls.thumbnail, preview: urls.preview, original: urls.original },
    version: row.versionNumber,
    rowVersion: row.rowVersion,
    takenAt: row.takenAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    createdBy: row.createdBy === null ? null : { id: row.createdBy, name: row.creatorName ?? '' },
    updatedAt: row.updatedAt.toISOString(),
    deletedAt: row.deletedAt?.toISOString() ?? null,
  };
}

export interface DetailExtras {
  readonly renditions: AssetDto['renditions'];
  readonly duplicateOf: string | null;
  readonly verbs: AssetDto['verbs'];
}

export function toDetail(row: AssetDetailRow, urls: AssetUrls, now: Date, extras: DetailExtras): AssetDto {
  const item = toItem(row, urls, now);
  return {
    ...item,
    urls: { ...item.urls, transform: urls.transform },
    sha256: row.sha256,
    originalName: row.originalName,
    description: row.description,
    focalPoint: row.focalPoint,
    customCoordinates: coordinatesOf(row.cropBox, row),
    metadata: row.metadata,
    embedded: row.embedded,
    probe: row.probe,
    ...extras,
  };
}

function kindOf(kind: string): AssetItemDto['kind'] {
  return kind === 'image' || kind === 'video' || kind === 'audio' || kind === 'document' ? kind : 'other';
}
