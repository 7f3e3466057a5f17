import { Checkbox, TextInput, UnstyledButton } from '@mantine/core';
import { IconChevronDown } from '@tabler/icons-react';
import { useId, useState } from 'react';
import type { FacetValue } from '../../../api/types.ts';
import { useText } from '../../../messages/index.tsx';
import { formatNumber } from '../../../ui/format.ts';
import type { FilterField } from '../search-state.ts';
import { swatchOf, valueLabel } from './facet-labels.ts';
import classes from './filters.module.css';

const FEW = 6;
const SEARCHABLE = 14;
const CLOSED_AT_FIRST: readonly FilterField[] = ['status', 'missing', 'orientation'];

interface Props {
  field: FilterField;
  values: readonly FacetValue[];
  chosen: readonly string[];
  onToggle(value: string): void;
  /** All values are wanted. */
  onMore(): void;
}

/** One filter: its values, most frequent first, colours as swatches. */
export function Facet({ field, values, chosen, onToggle, onMore }: Props) {
  const t = useText();
  const id = useId();
  const [open, setOpen] = useState(!CLOSED_AT_FIRST.includes(field) || chosen.length > 0);
  const [all, setAll] = useState(false);
  const [find, setFind] = useState('');
  const label = (value: string) => valueLabel(t, field, value);
  const wanted = find.trim().toLowerCase();
  const matching = wanted ? values.filter(({ value }) => label(value).toLowerCase().includes(wanted)) : values;
  const shown = all || wanted ? matching : matching.filter(({ value }, index) => index < FEW || chosen.includes(value));
  return (
    <div className={classes.facet}>
      <UnstyledButton className={classes.name} aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
        {t.filters.fields[field]}
        <IconChevronDown size={15} className={classes.chevron} aria-hidden />
      </UnstyledButton>
      <div id={id} hidden={!open}>
        {all && values.length > SEARCHABLE && (
          <TextInput
            size="xs"
            mb={6}
            value={find}
            aria-label={t.filters.find(t.filters.fields[field])}
            placeholder={t.filters.find(t.filters.fields[field])}
            onChange={(event) => setFind(event.currentTarget.value)}
          />
        )}
        {field === 'colour' ? (
          <div className={classes.swatches}>
            {values.map(({ value, count }) => (
              <button
                key={value}
                type="button"
                className={classes.swatch}
                style={{ background: swatchOf(value) }}
                aria-pressed={chosen.includes(value)}
                aria-label={`${label(value)} (${count})`}
                title={`${label(value)} (${formatNumber(count)})`}
                onClick={() => onToggle(value)}
              />
            ))}
          </div>
        ) : (
          shown.map(({ value, count }) => (
            <label key={value} className={classes.value}>
              <Checkbox size="xs" checked={chosen.includes(value)} onChange={() => onToggle(value)} />
              <span className={classes.text} title={label(value)}>
                {label(value)}
              </span>
              <span className={classes.count}>{formatNumber(count)}</span>
            </label>
          ))
        )}
        {field !== 'colour' && !wanted && values.length > FEW && (
          <UnstyledButton
            className={classes.more}
            onClick={() => {
              setAll(!all);
              onMore();
            }}
          >
            {all ? t.filters.less : t.filters.more(values.length - FEW)}
          </UnstyledButton>
        )}
      </div>
    </div>
  );
}
