import { Anchor, Button } from '@mantine/core';
import { IconPlus, IconTrash, IconWand } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/api.ts';
import { keys } from '../../api/query-client.ts';
import type { NamedTransformation } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatDateTime, formatRelative } from '../../ui/format.ts';
import { AdminTable } from './admin-table.tsx';
import classes from './admin.module.css';
import { EditNamed } from './edit-named.tsx';
import { Section } from './section.tsx';
import { useRemoval } from './use-removal.tsx';

/** Transformations with a name. */
export function NamedTransformations() {
  const t = useText();
  const [editing, setEditing] = useState<NamedTransformation | 'new' | null>(null);
  const list = useQuery({ queryKey: keys.named, queryFn: ({ signal }) => api.named.list(signal) });
  const removal = useRemoval<NamedTransformation>({
    queryKey: keys.named,
    remove: ({ name }) => api.named.remove(name),
    title: ({ name }) => `${t.deliverySettings.removeNamed(name)}?`,
    text: t.deliverySettings.removeNamedText,
  });
  const add = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEditing('new')}>
      {t.deliverySettings.newNamed}
    </Button>
  );
  return (
    <Section
      title={t.deliverySettings.namedTitle}
      text={t.deliverySettings.namedText}
      action={list.data !== undefined && list.data.items.length > 0 && add}
    >
      <AdminTable
        list={list}
        heads={[t.deliverySettings.name, t.deliverySettings.transformation, t.deliverySettings.changedAt]}
        keyOf={({ name }) => name}
        cells={(item) => [
          <Anchor
            key="name"
            component="button"
            type="button"
            className={classes.strong}
            onClick={() => setEditing(item)}
            aria-label={t.deliverySettings.editNamed(item.name)}
          >
            {item.name}
          </Anchor>,
          <code key="transformation" className={classes.small} style={{ overflowWrap: 'anywhere' }}>
            {item.transformation}
          </code>,
          <time key="changed" title={formatDateTime(item.updatedAt)}>
            {formatRelative(item.updatedAt)}
          </time>,
        ]}
        removal={(item) => ({ label: t.deliverySettings.removeNamed(item.name), icon: IconTrash, run: () => removal.ask(item) })}
        empty={
          <EmptyState compact icon={IconWand} title={t.deliverySettings.noNamed} text={t.deliverySettings.noNamedText}>
            {add}
          </EmptyState>
        }
      />
      {editing !== null && <EditNamed given={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
      {removal.dialog}
    </Section>
  );
}
