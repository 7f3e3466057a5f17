import type { Notifications } from '../../../platform/database/database.ts';
import type { Log } from '../../../platform/log.ts';
import { open } from './endpoints.cipher.ts';
import type { EndpointsRepository } from './endpoints.repository.ts';

/** Named transformations and signing keys in memory, for delivery; changed by whichever process changes them. */

/** The payload is the workspace. */
export const ENDPOINT_CHANGED = 'endpoint_changed';

interface Settings {
  readonly named: ReadonlyMap<string, string>;
  readonly keys: readonly { readonly secret: string }[];
}

const RETRY_MS = 1_000;
const NONE: Settings = { named: new Map(), keys: [] };

export class EndpointSettings {
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
    const { named, keys } = await this.deps.repository.settings(workspaceId);
    const ids = new Set([...named, ...keys].map((row) => row.workspace_id));
    if (workspaceId === null) this.workspaces.clear();
    else this.workspaces.delete(workspaceId);
    for (const id of ids) {
      const mine = named.filter((row) => row.workspace_id === id);
      const secrets = keys.filter((row) => row.workspace_id === id).map((row) => open(this.deps.sealKey, row.secret_encrypted));
      if (secrets.includes(null))
        this.deps.log.error({ workspaceId: id }, 'a signing key was sealed with another APP_SECRET; make a new one');
      this.workspaces.set(id, {
        named: new Map(mine.map((row) => [row.name, row.transformation])),
        keys: secrets.flatMap((secret) => (secret === null ? [] : [{ secret }])),
      });
    }
    for (const handle of this.watchers) handle();
  }

  /** What a name stands for; null = nothing. */
  named(workspaceId: string, name: string): string | null {
    return (this.workspaces.get(workspaceId) ?? NONE).named.get(name) ?? null;
  }

  signingKeys(workspaceId: string): readonly { readonly secret: string }[] {
    return (this.workspaces.get(workspaceId) ?? NONE).keys;
  }

  async close(): Promise<void> {
    if (this.retry) clearTimeout(this.retry);
    await this.stop();
  }
}
