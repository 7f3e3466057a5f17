import type { Log } from '../../log.ts';
import { type Meili, meiliCode } from './client.ts';
import { SETTINGS, SETTINGS_HASH } from './settings.ts';

/** One index per workspace, and one small index that says which settings each was made with. */

/** Sets an index apart that was lost, or never was: the caller has everything indexed. Resolves with the number of documents to come. */
export type WhenLost = (workspaceId: string) => Promise<number>;

/** Older servers know no granular filters, or compare no texts. */
const MIN_VERSION = [1, 15] as const;
const NOT_THERE = 'index_not_found';

export interface IndexesOptions {
  readonly meili: Meili;
  /** Begins the name of every index, so that several installations may share a server. */
  readonly prefix: string;
  readonly log: Log;
}

export class Indexes {
  readonly #meili: Meili;
  readonly #prefix: string;
  readonly #log: Log;
  /** Workspaces whose index was seen to be right by this process. */
  readonly #ready = new Set<string>();
  whenLost: WhenLost | undefined;

  constructor({ meili, prefix, log }: IndexesOptions) {
    this.#meili = meili;
    this.#prefix = prefix;
    this.#log = log;
  }

  uid(workspaceId: string): string {
    // Anything else would be another index's name or none.
    if (!/^[\w-]{1,64}$/u.test(workspaceId)) throw new Error('this workspace id cannot name an index');
    return `${this.#prefix}-${workspaceId}`;
  }

  /** The next `prepare` looks again: the server answered as if the index were not as it should be. */
  forget(workspaceId: string): void {
    this.#ready.delete(workspaceId);
  }

  /**
   * Makes the index and its settings what they should be. To be called in the workspace's turn. The note of the settings is written last, so what was
   * interrupted is done again.
   * @returns documents that are indexed again because the index was new or its settings were: 0 when nothing had to be done
   */
  async prepare(workspaceId: string): Promise<number> {
    if (this.#ready.has(workspaceId)) return 0;
    const uid = this.uid(workspaceId);
    let queued = 0;
    if ((await this.#noted(workspaceId)) !== SETTINGS_HASH || !(await this.#exists(uid))) {
      await this.#checkVersion();
      await this.setUp(uid);
      queued = (await this.whenLost?.(workspaceId)) ?? 0;
      await this.#note(workspaceId);
      this.#log.info({ index: uid, queued }, 'search index set up');
    }
    this.#ready.add(workspaceId);
    return queued;
  }

  /** Creates the index unless it is there, and applies the settings. */
  async setUp(uid: string): Promise<void> {
    await this.#create(uid);
    await this.#meili.write((client) => client.index(uid).updateSettings(SETTINGS));
  }

  async remove(uid: string): Promise<void> {
    await this.#meili.write((client) => client.deleteIndex(uid)).catch(unless(NOT_THERE));
  }

  /** Removes what rebuilds left behind that did not end, once nothing was written there for an hour. */
  async removeLeftovers(workspaceId: string, now: Date): Promise<void> {
    const start = `${this.uid(workspaceId)}-`;
    for (let offset = 0; ; ) {
      const { results, total } = await this.#meili.request((client) => client.getRawIndexes({ offset, limit: 1000 }));
      for (const { uid, updatedAt } of results) {
        const idle = now.getTime() - new Date(updatedAt).getTime();
        if (uid.startsWith(start) && idle > 3_600_000) await this.remove(uid);
      }
      offset += results.length;
      if (results.length === 0 || offset >= total) return;
    }
  }

  async #create(uid: string): Promise<void> {
    await this.#meili.write((client) => client.createIndex(uid, { primaryKey: 'id' })).catch(unless('index_already_exists'));
  }

  async #exists(uid: string): Promise<boolean> {
    const index = await this.#meili.request((client) => client.getRawIndex(uid)).catch(unless(NOT_THERE));
    return index !== undefined;
  }

  get #notes(): string {
    return `${this.#prefix}-notes`;
  }

  async #noted(workspaceId: string): Promise<string | undefined> {
    const note = await this.#meili
      .request((client) => client.index(this.#notes).getDocument<{ settings: string }>(workspaceId))
      .catch(unless(NOT_THERE, 'document_not_found'));
    return note?.settings;
  }

  async #note(workspaceId: string): Promise<void> {
    await this.#meili.write((client) =>
      client.index(this.#notes).addDocuments([{ id: workspaceId, settings: SETTINGS_HASH }], { primaryKey: 'id' }),
    );
  }

  async #checkVersion(): Promise<void> {
    const { pkgVersion } = await this.#meili.request((client) => client.getVersion());
    const [major = 0, minor = 0] = pkgVersion.split('.').map(Number);
    const [wantedMajor, wantedMinor] = MIN_VERSION;
    if (major < wantedMajor || (major === wantedMajor && minor < wantedMinor))
      throw new Error(`Meilisearch ${pkgVersion} is too old: ${MIN_VERSION.join('.')} or newer is needed`);
  }
}

/** Turns these error codes of Meilisearch into undefined. */
function unless(...codes: readonly string[]): (error: unknown) => undefined {
  return (error) => {
    if (!codes.includes(meiliCode(error) ?? '')) throw error;
    return undefined;
  };
}
