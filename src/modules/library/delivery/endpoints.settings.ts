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

const NONE: Settings = { named: new Map(), keys: [] };

export class EndpointSettings {
  private readonly deps: { repository: EndpointsRepository; notifications: Notifications; log: Log; sealKey: Buffer };
  private readonly workspaces = new Map<string, Settings>();
  private stop: () => Promise<void> = async () => undefined;
  private readonly watchers: (() => void)[] = [];

  constructor(deps: { repository: EndpointsRepository; notifications: Notifications; log: Log; sealKey: Buffer }) {
    this.deps = deps;
  }

  /** Loads all and listens for changes. */
  async start(): Promise<void> {
    const { notifications, log } = this.deps;
    const again = (workspaceId: string | null) =>
      this.load(workspaceId).catch((error: unknown) => log.error({ err: error }, 'settings of delivery could not be read'));
    this.stop = await notifications.listen(ENDPOINT_CHANGED, (workspaceId) => void again(workspaceId));
    notifications.onGap(() => void again(null));
    await this.load(null);
  }

  /** Called after every change. */
  onChange(handle: () => void): void {
    this.watchers.push(handle);
  }

  /** @param workspaceId null = all of them */
  async load(workspaceId: string | null): Promise<void> {
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
    await this.stop();
  }
}
