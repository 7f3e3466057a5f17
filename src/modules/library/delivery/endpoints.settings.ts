import type { Notifications } from '../../../platform/database/database.ts';
import type { Log } from '../../../platform/log.ts';
import { open } from './endpoints.cipher.ts';
import type { MetadataPolicy } from '../renditions/index.ts';
import type { DeliverySettings, Named } from './delivery.lookup.ts';
import type { EndpointsRepository } from './endpoints.repository.ts';

/** Named transformations and signing keys in memory, for delivery; changed by whichever process changes them. */

/** The payload is the workspace. */
export const ENDPOINT_CHANGED = 'endpoint_changed';

interface Settings {
  readonly named: ReadonlyMap<string, Named>;
  readonly metadata: MetadataPolicy;
  readonly keys: readonly { readonly secret: string }[];
}

const RETRY_MS = 1_000;
/** Whose a picture is and how it came about goes with it, unless an administrator says otherwise (ADR 0311). */
export const DEFAULT_METADATA: MetadataPolicy = 'rights';
const NONE: Settings = { named: new Map(), keys: [], metadata: DEFAULT_METADATA };

export class EndpointSettings implements DeliverySettings {
  private readonly deps: { repository: EndpointsRepository; notifications: Notifications; log: Log; sealKey: Buffer };
  private readonly workspaces = new Map<string, Settings>();
  private stop: () => Promise<void> = async () => undefined;
  private readonly watchers: (() => void)[] = [];
  private loading: Promise<void> = Promise.resolve();
  private retry: NodeJS.Timeout | null = null;

  constructor(deps: { repository: EndpointsRepository; notifications: Notifications; log: Log; sealKey: Buffer }) {
    this.deps = deps;
  }

  /** Loads all and listens for changes. */
  async start(): Promise<void> {
    const { notifications } = this.deps;
    this.stop = await notifications.listen(ENDPOINT_CHANGED, (workspaceId) => this.again(workspaceId));
    notifications.onGap(() => this.again(null));
    await this.load(null);
  }

  /** Loads until it succeeds: a revoked key must not live on because the database was away for a moment. */
  private again(workspaceId: string | null): void {
    this.load(workspaceId).catch((error: unknown) => {
      this.deps.log.error({ err: error }, 'settings of delivery could not be read; trying again');
      this.retry ??= setTimeout(() => {
        this.retry = null;
        this.again(null);
      }, RETRY_MS).unref();
    });
  }

  /** Called after every change. */
  onChange(handle: () => void): void {
    this.watchers.push(handle);
  }

  /**
   * One after the other, so that what was read last is what is kept.
   * @param workspaceId null = all of them
   */
  load(workspaceId: string | null): Promise<void> {
    const next = this.loading.then(() => this.read(workspaceId));
    this.loading = next.catch(() => undefined);
    return next;
  }

  private async read(workspaceId: string | null): Promise<void> {
    const { named, keys, policies } = await this.deps.repository.settings(workspaceId);
    const ids = new Set([...named, ...keys, ...policies].map((row) => row.workspace_id));
    if (workspaceId === null) this.workspaces.clear();
    else this.workspaces.delete(workspaceId);
    for (const id of ids) {
      const mine = named.filter((row) => row.workspace_id === id);
      const secrets = keys.filter((row) => row.workspace_id === id).map((row) => open(this.deps.sealKey, row.secret_encrypted));
      if (secrets.includes(null))
        this.deps.log.error({ workspaceId: id }, 'a signing key was sealed with another APP_SECRET; make a new one');
      this.workspaces.set(id, {
        named: new Map(mine.map(({ name, transformation, metadata }) => [name, { transformation, metadata }])),
        metadata: policies.find((row) => row.workspace_id === id)?.metadata ?? DEFAULT_METADATA,
        keys: secrets.flatMap((secret) => (secret === null ? [] : [{ secret }])),
      });
    }
    for (const handle of this.watchers) handle();
  }

  /** What a name stands for; null = nothing. */
  named(workspaceId: string, name: string): Named | null {
    return (this.workspaces.get(workspaceId) ?? NONE).named.get(name) ?? null;
  }

  metadata(workspaceId: string): MetadataPolicy {
    return (this.workspaces.get(workspaceId) ?? NONE).metadata;
  }

  signingKeys(workspaceId: string): readonly { readonly secret: string }[] {
    return (this.workspaces.get(workspaceId) ?? NONE).keys;
  }

  async close(): Promise<void> {
    if (this.retry) clearTimeout(this.retry);
    await this.stop();
  }
}
