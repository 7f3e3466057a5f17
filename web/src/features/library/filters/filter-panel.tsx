import { Button } from '@mantine/core';
import { useMemo } from 'react';
import type { FacetValue } from '../../../api/types.ts';
import { useText } from '../../../messages/index.tsx';
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
  const facets = useFacets(search);
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
      {shown.length === 0 && <p className={classes.none}>{t.filters.empty}</p>}
      {shown.map(({ field, values, chosen }) => (
        <Facet
          key={field}
          field={field}
          values={values}
          chosen={chosen}
          onToggle={(value) => onChange(toggleFilter(search, field, value))}
        />
      ))}
    </section>
  );
}
