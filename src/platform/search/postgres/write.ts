import type { Ctx } from '../../../context.ts';
import type { Sql, TransactionRunner } from '../../database/database.ts';
import type { SearchDocument } from '../search.ts';
import { nameKey } from '../words.ts';
import { CHANNEL } from './stores.ts';
import { TextVector } from './words.ts';

/** Documents per statement. */
const BATCH = 1000;

interface WrittenRow {
  readonly id: string;
  readonly version: number;
  readonly deleted: boolean;
  readonly tsv: string;
}

interface Turn {
  readonly slot: number;
  readonly generation: number;
  readonly nextOrd: number;
}

type RowOf<T> = (item: T, slot: number) => WrittenRow;

/** Words that typing errors are corrected to: letters only, since numbers are exact and without end. */
const LEXICON_WORD = `length(word) between 3 and 32 and word !~ '[0-9]'`;

const WRITE = `
with input as (
  select * from jsonb_to_recordset($2::jsonb) as x(
    n integer, id uuid, version bigint, deleted boolean, folder text, kind text, mime text, name_key text, camera text, orientation text,
    year integer, status text, published boolean, tags text[], colours text[], missing text[], width integer, height integer,
    megapixels real, bytes bigint, duration real, taken bigint, created bigint, updated bigint, tsv text)
), old as (
  select d.id, d.ord, d.version, d.deleted, t.tsv from search_document d left join search_text t on t.workspace_id = $1 and t.ord = d.ord
  where d.workspace_id = $1 and d.id in (select id from input)
), fresh as (
  select i.*, i.tsv::tsvector as vector, o.ord is null as added,
    coalesce(o.ord, $3::integer + row_number() over (partition by o.id is null order by i.n)::integer - 1) as ord
  from input i left join old o using (id)
  where o.id is null or o.version < i.version or (o.version = i.version and (i.deleted or not o.deleted))
), written as (
  insert into search_document as d (workspace_id, id, ord, version, changed, deleted, folder, kind, mime, name_key, camera, orientation, year, status,
    published, tags, colours, missing, width, height, megapixels, bytes, duration, taken, created, updated)
  select $1, id, ord, version, $4, deleted, folder, kind, mime, name_key, camera, orientation, year, status,
    published, tags, colours, missing, width, height, megapixels, bytes, duration, taken, created, updated
  from fresh
  on conflict (workspace_id, id) do update set
    version = excluded.version, changed = excluded.changed, deleted = excluded.deleted, folder = excluded.folder, kind = excluded.kind,
    mime = excluded.mime, name_key = excluded.name_key, camera = excluded.camera, orientation = excluded.orientation, year = excluded.year,
    status = excluded.status, published = excluded.published, tags = excluded.tags, colours = excluded.colours, missing = excluded.missing,
    width = excluded.width, height = excluded.height, megapixels = excluded.megapixels, bytes = excluded.bytes, duration = excluded.duration,
    taken = excluded.taken, created = excluded.created, updated = excluded.updated
  returning 1
), worded as (
  insert into search_text (workspace_id, ord, tsv) select $1, ord, vector from fresh where not deleted
  on conflict (workspace_id, ord) do update set tsv = excluded.tsv
), unworded as (
  delete from search_text t using fresh f where f.deleted and t.workspace_id = $1 and t.ord = f.ord
), delta as (
  select word, sum(change)::integer as change from (
    select substr(unnest(tsvector_to_array(vector)), $5) as word, 1 as change from fresh
    union all
    select substr(unnest(tsvector_to_array(o.tsv)), $5), -1 from old o where o.id in (select id from fresh)
  ) changes
  where ${LEXICON_WORD}
  group by word having sum(change) <> 0
), lexed as (
  insert into lexicon as l (workspace_id, word, docs)
  select $1, word, change from delta
  on conflict (workspace_id, word) do update set docs = l.docs + excluded.docs
  returning l.word, l.docs
)
select (select count(*)::integer from written) as written, (select count(*)::integer from fresh where added) as added,
  array(select word from lexed where docs <= 0) as gone`;

/** Writes documents and tombstones. Each batch is one transaction of its own unless the caller has one. */
export class Writer {
  readonly #sql: Sql;
  readonly #transactions: TransactionRunner;

  constructor(sql: Sql, transactions: TransactionRunner) {
    this.#sql = sql;
    this.#transactions = transactions;
  }

  /** @returns the generation of the last write, or 0 when nothing was newer than what is stored */
  async index(ctx: Ctx, documents: readonly SearchDocument[]): Promise<number> {
    return this.#write(ctx, documents, toRow);
  }

  async remove(ctx: Ctx, items: readonly { id: string; version: number }[]): Promise<number> {
    return this.#write(ctx, items, ({ id, version }) => ({ id, version, deleted: true, tsv: '' }));
  }

  async #write<T extends { id: string; version: number }>(ctx: Ctx, items: readonly T[], row: RowOf<T>): Promise<number> {
    const newest = new Map<string, T>();
    for (const item of items) if ((newest.get(item.id)?.version ?? -1) <= item.version) newest.set(item.id, item);
    const distinct = [...newest.values()];
    let generation = 0;
    for (let at = 0; at < distinct.length; at += BATCH) {
      const batch = distinct.slice(at, at + BATCH);
      generation = Math.max(generation, await this.#transactions.run(ctx, (within) => this.#batch(within, batch, row)));
    }
    return generation;
  }

  async #batch<T>(ctx: Ctx, items: readonly T[], row: RowOf<T>): Promise<number> {
    const { slot, generation, nextOrd } = await this.#takeTurn(ctx);
    const rows = items.map((item, n) => ({ n, ...row(item, slot) }));
    const [done] = await this.#sql.query<{ written: number; added: number; gone: string[] }>(ctx, WRITE, [
      ctx.workspaceId,
      JSON.stringify(rows),
      nextOrd,
      generation,
      // Where the word itself begins in a lexeme.
      `${slot}:`.length + 1,
    ]);
    if (!done || done.written === 0) return 0;
    await this.#sql.query(
      ctx,
      `with gone as (delete from lexicon where workspace_id = $1 and word = any($3::text[]) and docs <= 0),
            counted as (update search_state set next_ord = next_ord + $2 where workspace_id = $1)
       select pg_notify('${CHANNEL}', $1::text)`,
      [ctx.workspaceId, done.added, done.gone],
    );
    return generation;
  }

  /**
   * The row lock makes writers of a workspace take turns until commit, which orders generations as they become visible. The insert
   * comes second: each try of one takes a slot number, whether it is used or not.
   */
  async #takeTurn(ctx: Ctx): Promise<Turn> {
    const answer = 'returning s.slot, s.generation::float8 as generation, s.next_ord as "nextOrd"';
    const next = `update search_state s set generation = s.generation + 1 where s.workspace_id = $1 ${answer}`;
    const first = `insert into search_state as s (workspace_id, generation) values ($1, 1)
      on conflict (workspace_id) do update set generation = s.generation + 1 ${answer}`;
    for (const sql of [next, first]) {
      const [turn] = await this.#sql.query<Turn>(ctx, sql, [ctx.workspaceId]);
      if (turn) return turn;
    }
    throw new Error('the search state of the workspace could be neither updated nor made');
  }
}

function toRow(document: SearchDocument, slot: number): WrittenRow & Record<string, unknown> {
  const { id, version, folder, kind, mime, camera, orientation, year, status, published, tags, colours, missing } = document;
  const { width, height, megapixels, bytes, duration } = document;
  return {
    ...{ id, version, deleted: false, folder, kind, mime, camera, orientation, year, status, published, tags, colours, missing },
    ...{ width, height, megapixels, bytes, duration },
    name_key: nameKey(document.name),
    taken: document.taken === null ? null : Date.parse(document.taken),
    created: Date.parse(document.created),
    updated: Date.parse(document.updated),
    tsv: vectorOf(document, slot),
  };
}

/** Name, title and tags weigh most, then description and camera, then places, then other text. */
function vectorOf(document: SearchDocument, slot: number): string {
  const vector = new TextVector();
  vector.addName(document.name, 'A');
  vector.addName(document.title ?? '', 'A');
  for (const tag of document.tags) vector.addName(tag, 'A');
  vector.addText(document.description ?? '', 'B');
  vector.addName(document.camera ?? '', 'B');
  for (const person of document.people) vector.addText(person, 'B');
  vector.addName(document.lens ?? '', 'C');
  vector.addName(document.folderPath, 'C');
  vector.addText(document.text, 'D');
  return vector.write(slot);
}
