/** The statement behind a plain list of assets. */

export type BrowseSort = 'created' | 'updated' | 'name' | 'deleted';

export interface BrowseQuery {
  /** `null` = every folder. */
  readonly folders: readonly string[] | null;
  readonly trashed: boolean;
  readonly sort: BrowseSort;
  readonly descending: boolean;
  readonly after: { value: string; id: string } | null;
  readonly limit: number;
}

const SORT_COLUMN: Record<BrowseSort, string> = {
  created: 'a.created_at',
  updated: 'a.updated_at',
  name: 'a.name_key',
  deleted: 'a.deleted_at',
};
const SORT_TYPE: Record<BrowseSort, string> = { created: 'timestamptz', updated: 'timestamptz', name: 'text', deleted: 'timestamptz' };

/**
 * Up to so many folders the newest of each are merged; with more of them the whole order is walked until a page is full. Of the 10,000
 * folders that are designed for it is one in twenty: somebody who sees fewer may see old files only, behind all that the walk would pass by.
 */
export const FEW_FOLDERS = 500;

/**
 * Conditions that do not apply are left out of the statement: an `or` around the keyset would keep PostgreSQL from starting in the middle of
 * the index.
 * @param parts what is selected, and the joins for it, with `a` for the asset
 */
export function browseStatement(
  workspaceId: string,
  query: BrowseQuery,
  parts: { columns: string; joins: string },
): { text: string; params: unknown[] } {
  const column = SORT_COLUMN[query.sort];
  const direction = query.descending ? 'desc' : 'asc';
  const order = (sort: string, id: string) => `order by ${sort} ${direction}, ${id} ${direction} limit $2`;
  const params: unknown[] = [workspaceId, query.limit];
  const where = [`a.workspace_id = $1 and a.deleted_at is ${query.trashed ? 'not null' : 'null'}`];
  if (query.after !== null) {
    const value = `$${params.push(query.after.value)}::${SORT_TYPE[query.sort]}`;
    where.push(`(${column}, a.id) ${query.descending ? '<' : '>'} (${value}, $${params.push(query.after.id)}::uuid)`);
  }
  const select = `select ${parts.columns}, ${column}::text as "cursorValue"`;
  const folders = query.folders === null ? null : `$${params.push(query.folders)}::uuid[]`;
  // No index leads through the trash by folder.
  if (folders === null || query.trashed || (query.folders?.length ?? 0) > FEW_FOLDERS) {
    // Thousands of ids in `= any` take longer to plan than to run. `is true` keeps this from becoming a join, which would end the walk's order.
    if (folders !== null) where.push(`(a.folder_id in (select unnest(${folders}))) is true`);
    return { text: `${select} from asset a ${parts.joins} where ${where.join(' and ')} ${order(column, 'a.id')}`, params };
  }
  const ofOne = `select a.id, ${column} as sort from asset a where a.folder_id = one.id and ${where.join(' and ')} ${order(column, 'a.id')}`;
  const page = `select p.id from (select distinct id from unnest(${folders}) as given (id)) one cross join lateral (${ofOne}) p ${order('p.sort', 'p.id')}`;
  return { text: `${select} from (${page}) page join asset a on a.id = page.id ${parts.joins} ${order(column, 'a.id')}`, params };
}
