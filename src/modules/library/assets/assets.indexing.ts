import type { Ctx } from '../../../context.ts';
import type { AssetForIndex } from '../search/index.ts';
import { isPublicNow } from './assets.dto.ts';
import type { AssetsRepository, AssetWithMetadata } from './assets.repository.ts';

/** What the search index says of assets, read from the database as it is now. */
export async function loadForIndex(repository: AssetsRepository, ctx: Ctx, ids: readonly string[]): Promise<AssetForIndex[]> {
  const rows = await repository.withMetadata(ctx, ids);
  const chains = await repository.folderChains(ctx, [...new Set(rows.map((row) => row.folderId))]);
  const now = ctx.clock.now();
  return rows.map((row) => ({
    id: row.id,
    searchVersion: row.searchVersion,
    deleted: row.deletedAt !== null,
    folderId: row.folderId,
    folderIds: chains.get(row.folderId) ?? [row.folderId],
    folderPath: row.folderPath,
    kind: row.kind,
    mime: row.mime,
    name: row.name,
    originalName: row.originalName,
    title: row.title,
    description: row.description,
    tags: row.tags,
    camera: text(row, 'camera'),
    lens: text(row, 'lens'),
    creator: text(row, 'creator'),
    copyright: text(row, 'copyright'),
    licence: text(row, 'licence'),
    alt: text(row, 'alt'),
    people: list(row, 'people'),
    places: ['location', 'city', 'state', 'country'].flatMap((key) => text(row, key) ?? []),
    colours: row.colours.map((colour) => colour.name),
    width: row.width,
    height: row.height,
    bytes: row.bytes,
    durationMs: row.durationMs,
    takenAt: row.takenAt,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    status: row.status,
    published: isPublicNow(row, now),
    text: ['headline', 'credit', 'source', 'instructions', 'album', 'genre', 'camera_make']
      .flatMap((key) => text(row, key) ?? [])
      .join('\n'),
  }));
}

function text(row: AssetWithMetadata, key: string): string | null {
  const value = row.metadata[key]?.value;
  return value === undefined ? null : Array.isArray(value) ? value.join(', ') : String(value);
}

function list(row: AssetWithMetadata, key: string): string[] {
  const value = row.metadata[key]?.value;
  return Array.isArray(value) ? value : [];
}
