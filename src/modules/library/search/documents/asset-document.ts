import type { SearchDocument } from '../../../../platform/search/search.ts';

/** What the assets module loads for indexing: effective values, as they are now. */
export interface AssetForIndex {
  readonly id: string;
  /** `asset.search_version`. */
  readonly searchVersion: number;
  /** In the trash: its document goes. */
  readonly deleted: boolean;
  readonly folderId: string;
  /** Home folder and all its ancestors. */
  readonly folderIds: readonly string[];
  readonly folderPath: string;
  readonly kind: string;
  readonly mime: string;
  readonly name: string;
  /** The name as received, when it differs. */
  readonly originalName?: string | null;
  readonly title: string | null;
  readonly description: string | null;
  readonly tags: readonly string[];
  readonly camera: string | null;
  readonly lens: string | null;
  readonly creator: string | null;
  readonly copyright: string | null;
  readonly licence: string | null;
  readonly alt: string | null;
  readonly people?: readonly string[];
  /** Place names: location, city, state, country. */
  readonly places?: readonly string[];
  /** Names of colour families, most dominant first. */
  readonly colours: readonly string[];
  /** Pixels as shown (after EXIF orientation). */
  readonly width: number | null;
  readonly height: number | null;
  readonly bytes: number;
  readonly durationMs: number | null;
  readonly takenAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly status: string;
  /** Public at this moment. */
  readonly published: boolean;
  /** Text of the document itself and of metadata that has no field here. */
  readonly text?: string;
}

/** Longest text of a document that is indexed, in characters. */
export const MAX_TEXT = 100_000;

/** Sides that differ by less than this share count as square. */
const SQUARE_SHARE = 0.01;

/** Builds the search document of an asset. Pure: the same asset gives the same document. */
export function buildAssetDocument(asset: AssetForIndex): SearchDocument {
  const { width, height } = asset;
  return {
    id: asset.id,
    version: asset.searchVersion,
    folder: asset.folderId,
    kind: asset.kind,
    mime: asset.mime,
    name: asset.name,
    title: filled(asset.title),
    description: filled(asset.description),
    tags: distinct(asset.tags),
    folders: asset.folderIds,
    folderPath: asset.folderPath,
    camera: filled(asset.camera),
    lens: filled(asset.lens),
    people: distinct(asset.people ?? []),
    colours: distinct(asset.colours),
    orientation: orientationOf(width, height),
    width,
    height,
    megapixels: width === null || height === null ? null : Math.round((width * height) / 10_000) / 100,
    bytes: asset.bytes,
    duration: asset.durationMs === null ? null : asset.durationMs / 1000,
    taken: asset.takenAt?.toISOString() ?? null,
    created: asset.createdAt.toISOString(),
    updated: asset.updatedAt.toISOString(),
    year: (asset.takenAt ?? asset.createdAt).getUTCFullYear(),
    status: asset.status,
    published: asset.published,
    missing: missingOf(asset),
    text: textOf(asset),
  };
}

function orientationOf(width: number | null, height: number | null): SearchDocument['orientation'] {
  if (!width || !height) return null;
  if (Math.abs(width - height) < SQUARE_SHARE * Math.max(width, height)) return 'square';
  return width > height ? 'landscape' : 'portrait';
}

function missingOf(asset: AssetForIndex): string[] {
  const values = {
    title: asset.title,
    description: asset.description,
    tags: asset.tags.join(''),
    licence: asset.licence,
    copyright: asset.copyright,
    creator: asset.creator,
    alt: asset.alt,
  };
  return Object.entries(values)
    .filter(([, value]) => filled(value) === null)
    .map(([field]) => field);
}

function textOf(asset: AssetForIndex): string {
  const original = asset.originalName === asset.name ? null : asset.originalName;
  const parts = [original, asset.creator, asset.copyright, asset.licence, asset.alt, ...(asset.places ?? []), asset.text];
  return parts
    .filter((part) => filled(part) !== null)
    .join('\n')
    .slice(0, MAX_TEXT);
}

function filled(value: string | null | undefined): string | null {
  return value === null || value === undefined || value.trim() === '' ? null : value;
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values.map((value) => value.trim()).filter((value) => value !== ''))];
}
