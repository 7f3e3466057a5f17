import { Button } from '@mantine/core';
import { IconSearchOff, IconX } from '@tabler/icons-react';
import { useText } from '../../messages/index.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { valueLabel } from './filters/facet-labels.ts';
import classes from './library-view.module.css';
import { FILTERS, type LibrarySearch, toggleFilter, withoutFilters } from './search-state.ts';

/** No result: offers each filter for removal, and the search without any. */
export function NothingFound({ search, onChange }: { search: LibrarySearch; onChange(search: LibrarySearch): void }) {
  const t = useText();
  const chosen = FILTERS.flatMap((field) => (search[field] ?? []).map((value) => ({ field, value })));
  const text = search.q && chosen.length > 0 ? t.library.noneText(search.q) : search.q ? t.library.noneCheck : t.library.noneFilters;
  return (
    <EmptyState icon={IconSearchOff} title={t.library.noneTitle} text={text}>
      <div className={classes.dropFilters}>
        {chosen.map(({ field, value }) => (
          <Button
            key={`${field}:${value}`}
            variant="default"
            size="compact-md"
            rightSection={<IconX size={14} aria-hidden />}
            onClick={() => onChange(toggleFilter(search, field, value))}
          >
            {t.filters.fields[field]}: {valueLabel(t, field, value)}
          </Button>
        ))}
        {chosen.length > 0 && (
          <Button size="compact-md" onClick={() => onChange(withoutFilters(search))}>
            {t.library.noneWords}
          </Button>
        )}
      </div>
    </EmptyState>
  );
}
