import { TextInput, UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconSearch } from '@tabler/icons-react';
import { useDeferredValue, useMemo, useState } from 'react';
import type { Asset, MetadataValue } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { Fact, Facts } from '../../ui/facts.tsx';
import { formatDateTime } from '../../ui/format.ts';
import classes from './detail.module.css';

/** Shown above as fields of their own. */
const OWN_FIELDS = new Set(['title', 'description', 'tags', 'keywords']);
const SHOWN_TAGS = 400;

const words = (key: string): string => {
  const spaced = key
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
};

const textOf = (value: unknown): string =>
  Array.isArray(value) ? value.map(textOf).join(', ') : typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);

const isDate = (value: MetadataValue['value']): value is string => typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value);

/** The mapped fields with where each comes from, and every raw tag of the file, searchable. */
export function MetadataList({ asset }: { asset: Asset }) {
  const t = useText();
  const fields = Object.entries(asset.metadata).filter(([key]) => !OWN_FIELDS.has(key));
  return (
    <>
      <h2 className={classes.heading}>{t.detail.metadata}</h2>
      {fields.length === 0 && <p className={classes.small}>{t.detail.noMetadata}</p>}
      <Facts>
        {fields.map(([key, { value, source, at }]) => (
          <Fact
            key={key}
            label={t.detail.fields[key] ?? words(key)}
            value={isDate(value) ? formatDateTime(value) : textOf(value)}
            hint={t.detail.source(t.values.source[source] ?? source, formatDateTime(at))}
          />
        ))}
      </Facts>
      <EmbeddedTags embedded={asset.embedded} />
    </>
  );
}

function EmbeddedTags({ embedded }: { embedded: Record<string, unknown> }) {
  const t = useText();
  const [open, setOpen] = useState(false);
  const [find, setFind] = useState('');
  const wanted = useDeferredValue(find.trim().toLowerCase());
  const all = useMemo(() => Object.entries(embedded).map(([key, value]) => ({ key, value: textOf(value) })), [embedded]);
  const matching = wanted ? all.filter(({ key, value }) => `${key} ${value}`.toLowerCase().includes(wanted)) : all;
  if (all.length === 0) return null;
  return (
    <section className={classes.embedded}>
      <UnstyledButton className={classes.fold} aria-expanded={open} onClick={() => setOpen(!open)}>
        <span>
          {t.detail.embedded} <span className={classes.small}>{t.detail.embeddedCount(all.length)}</span>
        </span>
        <IconChevronDown size={16} aria-hidden />
      </UnstyledButton>
      {open && (
        <>
          <TextInput
            size="xs"
            mt={8}
            leftSection={<IconSearch size={14} aria-hidden />}
            value={find}
            aria-label={t.detail.embeddedFind}
            placeholder={t.detail.embeddedFind}
            onChange={(event) => setFind(event.currentTarget.value)}
          />
          {matching.length === 0 && <p className={classes.small}>{t.detail.embeddedNone}</p>}
          <dl className={classes.raw}>
            {matching.slice(0, SHOWN_TAGS).map(({ key, value }) => (
              <div key={key}>
                <dt>{key}</dt>
                <dd>{value.length > 300 ? `${value.slice(0, 300)} …` : value}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </section>
  );
}
