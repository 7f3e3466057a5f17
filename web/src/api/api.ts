import { call, type Query } from './http.ts';
import type {
  ApiKey,
  Asset,
  AssetList,
  AssetPatch,
  BulkAction,
  DeliveredDay,
  DeliverySettings,
  Explanation,
  Folder,
  FolderAccess,
  GrantInput,
  Group,
  GroupMember,
  Job,
  Me,
  Member,
  NamedTransformation,
  PublishOptions,
  Role,
  RoleRights,
  Settings,
  SigningKey,
  Verb,
  Workspace,
} from './types.ts';

type Signal = AbortSignal | undefined;

/** Everything the app asks of the server, by resource. */
export const api = {
  me: {
    get: (signal?: Signal) => call<Me>('/me', { signal }),
    rename: (name: string) => call<Me>('/me', { method: 'PATCH', body: { name } }),
    setPassword: (body: { newPassword: string; currentPassword?: string }) => call<void>('/me/password', { method: 'POST', body }),
  },
  assets: {
    list: (query: Query, signal?: Signal) => call<AssetList>('/assets', { query, signal }),
    get: (id: string, signal?: Signal) => call<Asset>(`/assets/${id}`, { signal }),
    patch: (id: string, rowVersion: number, body: AssetPatch) =>
      call<Asset>(`/assets/${id}`, { method: 'PATCH', body, ifMatch: rowVersion }),
    deliveries: (id: string, days: number, signal?: Signal) =>
      call<{ items: DeliveredDay[] }>(`/assets/${id}/deliveries`, { query: { days }, signal }),
    publish: (id: string, body: PublishOptions) => call<Asset>(`/assets/${id}/publish`, { method: 'POST', body }),
    unpublish: (id: string) => call<Asset>(`/assets/${id}/unpublish`, { method: 'POST' }),
    bulk: (body: BulkAction) => call<{ jobId: string }>('/assets/bulk', { method: 'POST', body }),
  },
  folders: {
    list: (cursor: string | undefined, signal?: Signal) =>
      call<{ items: Folder[]; nextCursor: string | null }>('/folders', { query: { limit: 1000, cursor }, signal }),
    create: (path: string) => call<Folder>('/folders', { method: 'POST', body: { path } }),
    patch: (id: string, rowVersion: number, body: { name?: string; parent?: string }) =>
      call<Folder>(`/folders/${id}`, { method: 'PATCH', body, ifMatch: rowVersion }),
    remove: (id: string) => call<void>(`/folders/${id}`, { method: 'DELETE' }),
  },
  folderAccess: {
    list: (folderId: string, signal?: Signal) => call<FolderAccess>(`/folders/${folderId}/grants`, { signal }),
    add: (folderId: string, body: GrantInput) => call<FolderAccess>(`/folders/${folderId}/grants`, { method: 'POST', body }),
    patch: (folderId: string, grantId: string, body: Omit<GrantInput, 'principal'>) =>
      call<FolderAccess>(`/folders/${folderId}/grants/${grantId}`, { method: 'PATCH', body }),
    remove: (folderId: string, grantId: string) => call<void>(`/folders/${folderId}/grants/${grantId}`, { method: 'DELETE' }),
    inherit: (folderId: string, body: { inherits: boolean; keepGrants?: boolean }) =>
      call<FolderAccess>(`/folders/${folderId}/inheritance`, { method: 'PUT', body }),
    /** About `user`; about oneself without one. */
    explain: (folderId: string, query: { verb: Verb; user: string | undefined }, signal?: Signal) =>
      call<Explanation>(`/folders/${folderId}/access/explain`, { query, signal }),
  },
  tags: (q: string, signal?: Signal) => call<{ items: { tag: string; count: number }[] }>('/tags', { query: { q, limit: 20 }, signal }),
  suggest: (q: string, signal?: Signal) => call<{ items: string[] }>('/search/suggest', { query: { q }, signal }),
  jobs: {
    list: (signal?: Signal) => call<{ items: Job[] }>('/jobs', { signal }),
    get: (id: string, signal?: Signal) => call<Job>(`/jobs/${id}`, { signal }),
    cancel: (id: string) => call<Job>(`/jobs/${id}/cancel`, { method: 'POST' }),
    undo: (id: string) => call<{ jobId?: string }>(`/jobs/${id}/undo`, { method: 'POST' }),
  },
  workspace: {
    patch: (body: { name?: string; settings?: Partial<Settings>; quotaBytes?: number | null; personQuotaBytes?: number | null }) =>
      call<Workspace>('/workspace', { method: 'PATCH', body }),
  },
  members: {
    list: (signal?: Signal) => call<{ items: Member[] }>('/members', { signal }),
    create: (body: { email: string; name: string; role: Role; password?: string }) =>
      call<{ member: Member; signInLink: string | null }>('/members', { method: 'POST', body }),
    patch: (id: string, body: { role?: Role }) => call<Member>(`/members/${id}`, { method: 'PATCH', body }),
    remove: (id: string) => call<void>(`/members/${id}`, { method: 'DELETE' }),
  },
  groups: {
    list: (signal?: Signal) => call<{ items: Group[] }>('/groups', { signal }),
    create: (name: string) => call<Group>('/groups', { method: 'POST', body: { name } }),
    rename: (id: string, name: string) => call<Group>(`/groups/${id}`, { method: 'PATCH', body: { name } }),
    remove: (id: string) => call<void>(`/groups/${id}`, { method: 'DELETE' }),
    members: (id: string, signal?: Signal) => call<{ items: GroupMember[] }>(`/groups/${id}/members`, { signal }),
    addMember: (id: string, userId: string) => call<void>(`/groups/${id}/members/${userId}`, { method: 'PUT' }),
    removeMember: (id: string, userId: string) => call<void>(`/groups/${id}/members/${userId}`, { method: 'DELETE' }),
  },
  roles: {
    list: (signal?: Signal) => call<{ items: RoleRights[] }>('/roles', { signal }),
    create: (body: { key: string; name: string; verbs: readonly Verb[] }) => call<RoleRights>('/roles', { method: 'POST', body }),
    patch: (key: string, body: { name: string; verbs: readonly Verb[] }) => call<RoleRights>(`/roles/${key}`, { method: 'PATCH', body }),
    remove: (key: string) => call<void>(`/roles/${key}`, { method: 'DELETE' }),
  },
  keys: {
    list: (signal?: Signal) => call<{ items: ApiKey[] }>('/api-keys', { signal }),
    create: (body: { name: string; scopes: string[]; expiresAt?: string | null }) =>
      call<{ key: string; apiKey: ApiKey }>('/api-keys', { method: 'POST', body }),
    remove: (id: string) => call<void>(`/api-keys/${id}`, { method: 'DELETE' }),
  },
  named: {
    list: (signal?: Signal) => call<{ items: NamedTransformation[] }>('/named-transformations', { signal }),
    put: ({ name, ...body }: Pick<NamedTransformation, 'name' | 'transformation' | 'metadata'>) =>
      call<NamedTransformation>(`/named-transformations/${encodeURIComponent(name)}`, { method: 'PUT', body }),
    remove: (name: string) => call<void>(`/named-transformations/${encodeURIComponent(name)}`, { method: 'DELETE' }),
  },
  deliverySettings: {
    get: (signal?: Signal) => call<DeliverySettings>('/delivery-settings', { signal }),
    put: (body: DeliverySettings) => call<DeliverySettings>('/delivery-settings', { method: 'PUT', body }),
  },
  signingKeys: {
    list: (signal?: Signal) => call<{ items: SigningKey[] }>('/signing-keys', { signal }),
    create: (body: { name: string; secret?: string }) =>
      call<{ secret: string; signingKey: SigningKey }>('/signing-keys', { method: 'POST', body }),
    patch: ({ id, state }: { id: string; state: SigningKey['state'] }) =>
      call<SigningKey>(`/signing-keys/${id}`, { method: 'PATCH', body: { state } }),
    remove: (id: string) => call<void>(`/signing-keys/${id}`, { method: 'DELETE' }),
  },
};
