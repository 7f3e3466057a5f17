import { call, type Query } from './http.ts';
import type {
  ApiKey,
  Asset,
  AssetList,
  AssetPatch,
  BulkAction,
  DeliveredDay,
  DeliverySettings,
  Folder,
  Job,
  Me,
  Member,
  NamedTransformation,
  PublishOptions,
  Role,
  Settings,
  SigningKey,
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
