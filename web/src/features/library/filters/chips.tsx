import { CloseButton } from '@mantine/core';
import { useText } from '../../../messages/index.tsx';
import { FILTERS, type LibrarySearch, toggleFilter } from '../search-state.ts';
import classes from './chips.module.css';
import { valueLabel } from './facet-labels.ts';

/** What narrows the view, each with a way to take it away. */
export function Chips({ search, onChange }: { search: LibrarySearch; onChange(search: LibrarySearch): void }) {
  const t = useText();
  const chips = FILTERS.flatMap((field) => (search[field] ?? []).map((value) => ({ field, value, label: valueLabel(t, field, value) })));
  if (chips.length === 0) return null;
  return (
    <ul className={classes.chips}>
      {chips.map(({ field, value, label }) => (
        <li key={`${field}:${value}`} className={classes.chip}>
          <span className={classes.field}>{t.filters.fields[field]}</span> {label}
          <CloseButton
            size="xs"
            aria-label={t.filters.remove(t.filters.fields[field], label)}
            onClick={() => onChange(toggleFilter(search, field, value))}
          />
        </li>
      ))}
    </ul>
  );
}
