import { Button, Skeleton } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { FacetValue } from '../../../api/types.ts';
import { useText } from '../../../messages/index.tsx';
import { Failed } from '../../../ui/failed.tsx';
import { FILTERS, type FilterField, hasFilters, type LibrarySearch, toggleFilter, withoutFilters } from '../search-state.ts';
import { useFacets } from '../use-assets.ts';
import { Facet } from './facet.tsx';
import classes from './filters.module.css';

interface Props {
  search: LibrarySearch;
  onChange(search: LibrarySearch): void;
}

const UNSEEN: FacetValue[] = [];

/** Chosen values stay in the list even when nothing matches them any more, so that they can be taken away. */
const withChosen = (values: readonly FacetValue[], chosen: readonly string[]): FacetValue[] => [
  ...values.filter(({ count, value }) => count > 0 || chosen.includes(value)),
  ...chosen.filter((value) => !values.some((known) => known.value === value)).map((value) => ({ value, count: 0 })),
];

/** A facet that cannot narrow anything is noise. */
const isUseful = (field: FilterField, values: readonly FacetValue[], chosen: readonly string[]): boolean =>
  chosen.length > 0 || values.length > 1 || (values.length === 1 && (field === 'tags' || field === 'camera' || field === 'missing'));

/** Every filter with exact counts of what it would leave. */
export function FilterPanel({ search, onChange }: Props) {
  const t = useText();
  // Once somebody wants more of one filter: the most frequent values are enough for everybody else.
  const [every, setEvery] = useState(false);
  const { values: facets, loading, error, reload } = useFacets(search, every);
  const shown = useMemo(
    () =>
      FILTERS.map((field) => {
        const chosen = search[field] ?? [];
        return { field, chosen, values: withChosen(facets[field] ?? UNSEEN, chosen) };
      }).filter(({ field, chosen, values }) => isUseful(field, values, chosen)),
    [facets, search],
  );
  return (
    <section className={classes.panel} aria-label={t.filters.title}>
      <div className={classes.head}>
        <h2 className={classes.title}>{t.filters.title}</h2>
        {hasFilters(search) && (
          <Button size="compact-xs" variant="subtle" onClick={() => onChange(withoutFilters(search))}>
            {t.filters.clear}
          </Button>
        )}
      </div>
      {loading && <Skeleton height={160} role="status" aria-label={t.app.loading} />}
      {error && <Failed text={t.filters.failed} onRetry={reload} />}
      {!loading && !error && shown.length === 0 && <p className={classes.none}>{t.filters.empty}</p>}
      {shown.map(({ field, values, chosen }) => (
        <Facet
          key={field}
          field={field}
          values={values}
          chosen={chosen}
          onMore={() => setEvery(true)}
          onToggle={(value) => onChange(toggleFilter(search, field, value))}
        />
      ))}
    </section>
  );
}
