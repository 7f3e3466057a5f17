/** The shapes of the API, one name each. */
export type Kind = 'image' | 'video' | 'audio' | 'document' | 'other';
export type Status = 'processing' | 'ready' | 'failed' | 'quarantined';
export type Role = 'admin' | 'editor' | 'viewer';
export type Verb =
  | 'list'
  | 'read'
  | 'rendition'
  | 'original'
  | 'create'
  | 'edit'
  | 'replace'
  | 'comment'
  | 'publish'
  | 'share'
  | 'delete'
  | 'manage';

export interface Publication {
  now: boolean;
  from: string | null;
  until: string | null;
  releaseOriginal: boolean;
}

export interface AssetItem {
  id: string;
  name: string;
  title: string | null;
  folder: string;
  folderId: string;
  status: Status;
  failure: { code: string; detail: string } | null;
  kind: Kind;
  mime: string;
  bytes: number;
  width: number | null;
  height: number | null;
  /** Seconds. */
  duration: number | null;
  pages: number | null;
  hasAlpha: boolean | null;
  tags: string[];
  colours: { hex: string; name: string; share: number }[];
  /** Base64. */
  thumbhash: string | null;
  preview: { state: 'pending' | 'ready' | 'none' | 'failed'; reason: string | null; detail: string | null; clip: string | null };
  published: Publication;
  urls: { delivery: string; versioned: string; thumbnail: string | null; preview: string | null; original: string };
  version: number;
  rowVersion: number;
  takenAt: string | null;
  createdAt: string;
  createdBy: { id: string; name: string } | null;
  updatedAt: string;
  deletedAt: string | null;
}

export interface MetadataValue {
  value: string | number | boolean | string[];
  source: 'embedded' | 'person' | 'rule' | 'import' | 'model';
  at: string;
}

export interface Rendition {
  name: string | null;
  mime: string;
  width: number;
  height: number;
  bytes: number;
}

export interface Asset extends AssetItem {
  sha256: string;
  originalName: string;
  description: string | null;
  metadata: Record<string, MetadataValue>;
  embedded: Record<string, unknown>;
  probe: Record<string, unknown>;
  renditions: Rendition[];
  duplicateOf: string | null;
  verbs: Verb[];
}

export interface FacetValue {
  value: string;
  count: number;
}

export interface AssetList {
  items: AssetItem[];
  nextCursor: string | null;
  total: { value: number; relation: 'eq' | 'gte' };
  facets?: Record<string, FacetValue[]>;
  corrections?: Record<string, string[]>;
}

export interface AssetPatch {
  name?: string;
  title?: string | null;
  description?: string | null;
  tags?: string[];
  addTags?: string[];
  removeTags?: string[];
  folder?: string;
  metadata?: Record<string, string | number | boolean | string[] | null>;
}

export interface PublishOptions {
  from?: string | null;
  until?: string | null;
  releaseOriginal?: boolean;
}

export type BulkName = 'addTags' | 'removeTags' | 'move' | 'publish' | 'unpublish' | 'trash' | 'restore' | 'retry';

export interface BulkAction {
  action: BulkName;
  ids: string[];
  tags?: string[];
  folder?: string;
  releaseOriginal?: boolean;
}

export interface Folder {
  id: string;
  parentId: string | null;
  name: string;
  path: string;
  assets: number;
  folders: number;
  rowVersion: number;
  createdAt: string;
}

export interface Job {
  id: string;
  kind: string;
  state: 'queued' | 'running' | 'done' | 'failed' | 'cancelled' | 'undone';
  total: number | null;
  done: number;
  failed: number;
  cancelRequested: boolean;
  undoable: boolean;
  result: Record<string, unknown> | null;
  createdAt: string;
  finishedAt: string | null;
  items?: { key: string; state: string; reason: string | null }[];
}

interface Usage {
  usedBytes: number;
  limitBytes: number | null;
}

export interface Settings {
  timeZone: string;
  currency: string;
  locale: string;
  fiscalYearStart: number;
}

export interface Workspace {
  id: string;
  slug: string;
  name: string;
  settings: Settings;
  quota: Usage;
  personQuotaBytes: number | null;
}

export interface Me {
  user: { id: string; name: string; email: string } | null;
  role: Role;
  hasPassword: boolean;
  workspace: Workspace;
  workspaces: { id: string; slug: string; name: string }[];
  quota: Usage;
  verbs: string[];
  limits: { uploadMaxBytes: number };
}

export interface Member {
  userId: string;
  name: string;
  email: string;
  role: Role;
  quota: Usage;
  createdAt: string;
}

export interface ApiKey {
  id: string;
  name: string;
  prefix: string;
  scopes: string[];
  createdAt: string;
  lastUsedAt: string | null;
  expiresAt: string | null;
}

/** What an API key may do. */
export const SCOPES = [
  'assets:read',
  'assets:write',
  'assets:publish',
  'folders:write',
  'members:manage',
  'keys:manage',
  'workspace:manage',
] as const;
