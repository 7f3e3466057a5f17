import { Button, NativeSelect } from '@mantine/core';
import { IconPlus, IconSignature, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/api.ts';
import { keys } from '../../api/query-client.ts';
import type { SigningKey } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { showError } from '../../ui/error-text.ts';
import { formatDate } from '../../ui/format.ts';
import { AddSigningKey } from './add-signing-key.tsx';
import { AdminTable } from './admin-table.tsx';
import classes from './admin.module.css';
import { Section } from './section.tsx';
import { useRemoval } from './use-removal.tsx';

/** Keys that sign delivery addresses. */
export function SigningKeys() {
  const t = useText();
  const client = useQueryClient();
  const [adding, setAdding] = useState(false);
  const list = useQuery({ queryKey: keys.signingKeys, queryFn: ({ signal }) => api.signingKeys.list(signal) });
  const change = useMutation({
    mutationFn: api.signingKeys.patch,
    onError: (error) => showError(error, t),
    onSettled: () => void client.invalidateQueries({ queryKey: keys.signingKeys }),
  });
  const removal = useRemoval<SigningKey>({
    queryKey: keys.signingKeys,
    remove: ({ id }) => api.signingKeys.remove(id),
    title: ({ name }) => `${t.deliverySettings.revoke(name)}?`,
    text: t.deliverySettings.revokeText,
  });
  const add = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
      {t.deliverySettings.newKey}
    </Button>
  );
  return (
    <Section
      title={t.deliverySettings.keysTitle}
      text={t.deliverySettings.keysText}
      action={list.data !== undefined && list.data.items.length > 0 && add}
    >
      <AdminTable
        list={list}
        heads={[t.deliverySettings.name, t.deliverySettings.state, t.deliverySettings.made]}
        keyOf={({ id }) => id}
        cells={(key) => [
          <span key="name" className={classes.strong}>
            {key.name}
          </span>,
          <NativeSelect
            key="state"
            size="xs"
            w={180}
            aria-label={t.deliverySettings.stateOf(key.name)}
            value={key.state}
            disabled={change.isPending}
            onChange={(event) => change.mutate({ id: key.id, state: event.currentTarget.value === 'active' ? 'active' : 'verify_only' })}
            data={Object.entries(t.deliverySettings.states).map(([value, label]) => ({ value, label }))}
          />,
          formatDate(key.createdAt),
        ]}
        removal={(key) => ({ label: t.deliverySettings.revoke(key.name), icon: IconTrash, run: () => removal.ask(key) })}
        empty={
          <EmptyState compact icon={IconSignature} title={t.deliverySettings.noKeys} text={t.deliverySettings.noKeysText}>
            {add}
          </EmptyState>
        }
      />
      {adding && <AddSigningKey onClose={() => setAdding(false)} />}
      {removal.dialog}
    </Section>
  );
}
