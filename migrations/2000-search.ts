import type { MigrationInterface, QueryRunner } from '../src/platform/database/migration.ts';

/**
 * Search on PostgreSQL: documents with typed narrow columns and a text vector, the lexicon that typing errors are
 * looked up in, and one generation counter per workspace by which the column stores of all processes stay current.
 */
export class Search implements MigrationInterface {
  name = 'Search0000000002000';

  async up(q: QueryRunner): Promise<void> {
    await q.query(`
      create extension if not exists pg_trgm;
      create extension if not exists fuzzystrmatch;

      create table search_state (
        workspace_id uuid primary key,
        -- Stands before every word of the workspace, so that the text index holds each workspace apart.
        slot integer generated always as identity,
        generation bigint not null default 0,
        next_ord integer not null default 0
      ) with (fillfactor = 20);

      create table search_document (
        workspace_id uuid not null,
        id uuid not null,
        -- Small number of the document inside its workspace, for life: the row of the column stores.
        ord integer not null,
        version bigint not null,
        -- Generation of the last write.
        changed bigint not null,
        -- A tombstone keeps the version, so that an older document never comes back.
        deleted boolean not null,
        folder text,
        kind text,
        mime text,
        name_key text collate "C",
        camera text,
        orientation text,
        year integer,
        status text,
        published boolean,
        tags text[],
        colours text[],
        missing text[],
        width integer,
        height integer,
        megapixels real,
        bytes bigint,
        duration real,
        -- Milliseconds since 1970.
        taken bigint,
        created bigint,
        updated bigint,
        constraint search_document_pkey primary key (workspace_id, id)
      ) with (fillfactor = 90);
      create unique index search_document_ord_key on search_document (workspace_id, ord);
      create index search_document_changed_idx on search_document (workspace_id, changed, ord);

      -- The words apart from the columns: a common word then reads half as many pages.
      create table search_text (
        workspace_id uuid not null,
        ord integer not null,
        tsv tsvector not null,
        constraint search_text_pkey primary key (workspace_id, ord)
      ) with (fillfactor = 90);
      -- Without the pending list: reads stay even, writes are batched anyway.
      create index search_text_tsv_idx on search_text using gin (tsv) with (fastupdate = off);
      alter table search_text alter column tsv set statistics 1000;

      create table lexicon (
        workspace_id uuid not null,
        word text collate "C" not null,
        docs integer not null,
        constraint lexicon_pkey primary key (workspace_id, word)
      ) with (fillfactor = 70);
      -- Words by their end, beside the primary key by their beginning, and by what is in their middle.
      create index lexicon_end_idx on lexicon (workspace_id, reverse(word) collate "C");
      create index lexicon_word_trgm on lexicon using gin (word gin_trgm_ops);
    `);
  }

  async down(q: QueryRunner): Promise<void> {
    await q.query('drop table lexicon, search_text, search_document, search_state;');
  }
}
