import type { components } from '../api';

/** The shapes of the API, one name each, taken from the generated description: a change of the server shows here at compile time. */
type Schemas = components['schemas'];

export type Asset = Schemas['Asset'];
export type AssetItem = Schemas['AssetItem'];
export type AssetList = Schemas['AssetList'];
export type AssetPatch = Schemas['AssetPatch'];
export type BulkAction = Schemas['BulkAction'];
export type Folder = Schemas['Folder'];
export type Job = Schemas['Job'];
export type Me = Schemas['Me'];
export type Member = Schemas['Member'];
export type ApiKey = Schemas['ApiKey'];
export type Workspace = Schemas['Workspace'];
export type NamedTransformation = Schemas['NamedTransformation'];
export type DeliverySettings = Schemas['DeliverySettings'];
export type SigningKey = Schemas['SigningKey'];
export type RoleRights = Schemas['Role'];
export type Group = Schemas['Group'];
export type GroupMember = Schemas['GroupMembers']['items'][number];
export type Grant = Schemas['Grant'];
export type FolderAccess = Schemas['FolderAccess'];
export type Explanation = Schemas['AccessExplanation'];
export type ExplanationStep = Explanation['steps'][number];

export type Kind = AssetItem['kind'];
export type Status = AssetItem['status'];
export type Publication = AssetItem['published'];
export type Verb = Asset['verbs'][number];
export type MetadataValue = Asset['metadata'][string];
export type Rendition = Asset['renditions'][number];
export type DeliveredDay = Schemas['AssetDeliveries']['items'][number];
export type FacetValue = NonNullable<AssetList['facets']>[string][number];
export type BulkName = BulkAction['action'];
export type Role = Me['role'];
export type Settings = Workspace['settings'];
export type Scope = ApiKey['scopes'][number];

export interface PublishOptions {
  from?: string | null;
  until?: string | null;
  releaseOriginal?: boolean;
}

/** What is given to somebody in a folder: verbs, or those of a built-in role. */
export interface GrantInput {
  principal: { kind: 'user' | 'group' | 'api_key'; id: string };
  effect: Grant['effect'];
  verbs?: readonly Verb[];
  preset?: Level;
  /** ISO date-time; null = it does not end. */
  until: string | null;
}
/** Built-in roles that are offered as levels of a folder. */
export type Level = 'viewer' | 'editor' | 'vendor' | 'admin';

/** All that can be done to things, in the order in which people read them. */
export const VERBS: readonly Verb[] = [
  'list',
  'read',
  'rendition',
  'original',
  'comment',
  'create',
  'edit',
  'replace',
  'delete_own',
  'delete',
  'publish',
  'share',
  'manage',
];

/** What an API key may do. */
export const SCOPES: readonly Scope[] = [
  'assets:read',
  'assets:write',
  'assets:publish',
  'folders:write',
  'members:manage',
  'keys:manage',
  'workspace:manage',
];
