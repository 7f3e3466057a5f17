import { IconChevronRight } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useText } from '../../messages/index.tsx';
import classes from './inspector.module.css';
import { type FilterField, type LibrarySearch, readSearch } from './search-state.ts';
import { useFacets } from './use-assets.ts';

/** What asks for attention first, then the rest. */
const LINES: readonly (readonly [FilterField, string])[] = [
  ['status', 'failed'],
  ['status', 'quarantined'],
  ['status', 'processing'],
  ['published', 'true'],
  ['published', 'false'],
  ['missing', 'tags'],
  ['missing', 'description'],
  ['missing', 'copyright'],
  ['missing', 'alt'],
];

/** Shown while nothing is selected: how the shown assets are doing, each line a filter. */
export function Glance({ search, trashed }: { search: LibrarySearch; trashed: boolean }) {
  const t = useText();
  if (trashed) return <p className={classes.hint}>{t.library.glanceHint}</p>;
  return <Lines search={search} />;
}

function Lines({ search }: { search: LibrarySearch }) {
  const t = useText();
  const facets = useFacets(search).values;
  const lines = LINES.map(([field, value]) => ({
    field,
    value,
    count: facets[field]?.find((known) => known.value === value)?.count ?? 0,
  })).filter(({ count, field, value }) => count > 0 && !search[field]?.includes(value));
  return (
    <div className={classes.glance}>
      <h2 className={classes.name}>{t.library.glance}</h2>
      <p className={classes.hint}>{t.library.glanceHint}</p>
      <ul className={classes.lines}>
        {lines.map(({ field, value, count }) => (
          <li key={field + value}>
            <Link
              to="/"
              search={readSearch({ ...search, sel: undefined, [field]: [...(search[field] ?? []), value] })}
              className={classes.line}
              data-bad={value === 'failed' || value === 'quarantined' || undefined}
            >
              <span>{t.library.lines[value]?.(count)}</span>
              <IconChevronRight size={16} aria-hidden />
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}
