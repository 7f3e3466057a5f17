import type { Sql } from '../../database/database.ts';
import { ColumnStore, type StoreRow } from './column-store.ts';

/** In the order of `StoreRow`. */
const COLUMNS = [
  ...['ord', 'id', 'deleted', 'folder', 'kind', 'mime', 'name_key', 'camera', 'orientation', 'year', 'status', 'published'],
  ...['tags', 'colours', 'missing', 'width', 'height', 'megapixels', 'bytes', 'duration', 'taken', 'created', 'updated'],
] as const;
/** A chunk as one JSON text: the native parser reads it several times faster than the driver reads rows with arrays. */
const PACKED = `coalesce(json_agg(json_build_array(${COLUMNS.join(', ')}, changed)), '[]') as rows`;
/** Rows per statement: a few milliseconds of the event loop. */
const CHUNK = 500;

type ChangedRow = readonly [...StoreRow, changed: number];

/**
 * The column store of one workspace, kept current by pulling every row whose generation is newer than the last one seen. Writers of a
 * workspace take turns (row lock on `search_state` until commit), so generations become visible in order and nothing is skipped.
 */
export class WorkspaceStore {
  readonly columns = new ColumnStore();
  readonly #sql: Sql;
  readonly #workspaceId: string;
  #applied = 0;
  #loaded: Promise<void> | undefined;
  #pulling: Promise<void> | undefined;

  constructor(sql: Sql, workspaceId: string) {
    this.#sql = sql;
    this.#workspaceId = workspaceId;
  }

  /** Generation up to which the columns are complete. */
  get applied(): number {
    return this.#applied;
  }

  /** Reads everything once. A failed load is tried again by the next caller. */
  load(): Promise<void> {
    this.#loaded ??= this.#load().catch((error: unknown) => {
      this.#loaded = undefined;
      throw error;
    });
    return this.#loaded;
  }

  /** Resolves when all that was committed up to this generation (or, left out, up to now) is in the columns. */
  async catchUp(generation?: number): Promise<void> {
    await this.load();
    // A pull that is under way may have read the counter before this generation; the next one has not.
    if (this.#pulling) await this.#pulling;
    if (generation !== undefined && this.#applied >= generation) return;
    this.#pulling ??= this.#pull().finally(() => {
      this.#pulling = undefined;
    });
    await this.#pulling;
  }

  async #load(): Promise<void> {
    const { generation, rows: expected } = await this.#state();
    this.columns.reserve(expected);
    const where = 'workspace_id = $1 and ord > $2 and not deleted order by ord';
    for (let last = -1; ; ) {
      const rows = await this.#rows(where, [this.#workspaceId, last]);
      this.columns.apply(rows);
      last = rows.at(-1)?.[0] ?? last;
      if (rows.length < CHUNK) break;
    }
    this.#applied = generation;
  }

  async #pull(): Promise<void> {
    const { generation } = await this.#state();
    const where = 'workspace_id = $1 and (changed, ord) > ($2, $3) and changed <= $4 order by changed, ord';
    if (generation <= this.#applied) return;
    // Until a chunk is not full: one generation may be longer than a chunk.
    for (let changed = this.#applied, ord = 2 ** 31 - 1; ; ) {
      const rows = await this.#rows(where, [this.#workspaceId, changed, ord, generation]);
      this.columns.apply(rows);
      const last = rows.at(-1);
      if (!last || rows.length < CHUNK) break;
      changed = last[COLUMNS.length];
      ord = last[0];
    }
    this.#applied = generation;
  }

  async #rows(where: string, params: unknown[]): Promise<ChangedRow[]> {
    const sql = `select ${PACKED} from (select * from search_document where ${where} limit ${CHUNK}) chunk`;
    const [chunk] = await this.#sql.query<{ rows: ChangedRow[] }>({}, sql, params);
    return chunk?.rows ?? [];
  }

  async #state(): Promise<{ generation: number; rows: number }> {
    const sql = 'select slot, generation::float8 as generation, next_ord as rows from search_state where workspace_id = $1';
    const [state] = await this.#sql.query<{ slot: number; generation: number; rows: number }>({}, sql, [this.#workspaceId]);
    this.columns.slot = state?.slot ?? 0;
    return state ?? { generation: 0, rows: 0 };
  }
}
