import type { Ctx } from '../../../context.ts';
import type { Rights } from '../../../platform/media/plan.ts';
import type { Key } from '../../../platform/storage/storage.ts';
import type { Framing, MetadataPolicy } from '../renditions/index.ts';

/** What delivery asks of others; `library/assets` and `core/permissions` answer, wired in the container. */

/** A stored raster that stands for a file. Sizes upright, px. */
export interface StoredRaster {
  readonly key: Key;
  readonly width: number;
  readonly height: number;
}

/** One version of an asset, and who may have it. */
export interface DeliveryAsset {
  readonly assetId: string;
  readonly workspaceId: string;
  readonly folderId: string;
  readonly name: string;
  readonly versionId: string;
  readonly versionNumber: number;
  readonly blobId: string;
  readonly bytes: number;
  readonly mime: string;
  readonly kind: string;
  /** Upright size, px; null when it has none (yet). */
  readonly width: number | null;
  readonly height: number | null;
  readonly hasAlpha: boolean | null;
  /** Dots per inch that the file says; null = it says nothing, or is no picture. */
  readonly density: number | null;
  /** What the file itself says of its rights; null = nothing. */
  readonly rights: Rights | null;
  readonly frames: number | null;
  readonly pages: number | null;
  readonly durationMs: number | null;
  /** What the decoder said of it (`Identified.probe`); `{}` for the rasters that delivery opens itself, GIF excepted. */
  readonly probe: Readonly<Record<string, unknown>>;
  /** Ingest has not finished: a picture may still come. */
  readonly processing: boolean;
  /** Public at this moment, and until when at most. */
  readonly public: { readonly now: boolean; readonly until: Date | null };
  readonly releaseOriginal: boolean;
  readonly mezzanine: StoredRaster | null;
  /** A smaller one of the mezzanine or the still, for what is smaller still. */
  readonly half: StoredRaster | null;
  /** Still of a video, first page of a document, drawing of an SVG, waveform. */
  readonly still: StoredRaster | null;
  readonly trashed: boolean;
  /** Focal point and crop, for transformations that ask for them; null = none. */
  readonly framing: Framing | null;
  /** It was found at an address it had before: tomorrow another asset may live there. */
  readonly formerly: boolean;
}

/** Finds assets for delivery, without asking who wants them. Missing is null. */
export interface AssetLookup {
  /**
   * @param path folder path and name, decoded, NFC, no leading slash
   * @param version file version number; null = current
   */
  byPath(ctx: Ctx, path: string, version: number | null): Promise<DeliveryAsset | null>;
  byId(ctx: Ctx, assetId: string, version: number | null): Promise<DeliveryAsset | null>;
}

/** What a principal may have of what lies in this folder, at this moment; answered from memory where possible. */
export interface PreviewAccess {
  /** Renditions. */
  mayPreview(ctx: Ctx, principal: { kind: string; id: string }, asset: { assetId: string; folderId: string }): Promise<boolean>;
  /** The file as it was uploaded. */
  mayDownload(ctx: Ctx, principal: { kind: string; id: string }, asset: { assetId: string; folderId: string }): Promise<boolean>;
}

export type DeliveryMode = 'open' | 'signed' | 'presets';

/** A mount that serves a workspace. */
export interface Endpoint {
  /** Path prefix without trailing slash, `/cdn`. */
  readonly mount: string;
  readonly workspaceId: string;
  readonly mode: DeliveryMode;
}

export interface Endpoints {
  /** The endpoint whose mount begins this raw path, the longest one; null when there is none. */
  match(rawPath: string): Endpoint | null;
  /** Secrets that sign URLs of a workspace; empty = no signature is ever valid. */
  signingKeys(workspaceId: string): readonly { readonly secret: string }[];
}

/** A transformation that has a name. */
export interface Named {
  readonly transformation: string;
  /** How much of a file's metadata its pictures keep; null = as the workspace says. */
  readonly metadata: MetadataPolicy | null;
}

/** How a workspace delivers. */
export interface DeliverySettings {
  /** What a name in a transformation stands for; null = nothing. */
  named(workspaceId: string, name: string): Named | null;
  /** How much of a file's metadata derivatives keep. */
  metadata(workspaceId: string): MetadataPolicy;
  /** Called after any of them changed. */
  onChange(handle: () => void): void;
}
