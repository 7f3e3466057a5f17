import { Button } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { IconKey, IconPlus, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/api.ts';
import { keys } from '../../api/query-client.ts';
import type { ApiKey } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatDate, formatDateTime, formatRelative } from '../../ui/format.ts';
import { Page } from '../../ui/page.tsx';
import { AddKey } from './add-key.tsx';
import { AdminTable } from './admin-table.tsx';
import classes from './admin.module.css';
import { useRemoval } from './use-removal.tsx';

/** Keys for machines. */
export function KeysPage() {
  const t = useText();
  const [adding, setAdding] = useState(false);
  useDocumentTitle(`${t.admin.keysTitle} · ${t.app.name}`);
  const list = useQuery({ queryKey: keys.apiKeys, queryFn: ({ signal }) => api.keys.list(signal) });
  const removal = useRemoval<ApiKey>({
    queryKey: keys.apiKeys,
    remove: (key) => api.keys.remove(key.id),
    title: (key) => `${t.admin.revoke(key.name)}?`,
    text: t.admin.revokeText,
  });
  const add = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
      {t.admin.newKey}
    </Button>
  );
  return (
    <Page title={t.admin.keysTitle} text={t.admin.keysText} action={list.data !== undefined && list.data.items.length > 0 && add}>
      <AdminTable
        list={list}
        heads={[t.admin.name, t.admin.scopes, t.admin.lastUsed, t.admin.expires]}
        keyOf={(key) => key.id}
        cells={(key) => [
          <div key="name">
            <div className={classes.strong}>{key.name}</div>
            <code className={classes.small}>{key.prefix}…</code>
          </div>,
          <span key="scopes" className={classes.scopes}>
            {key.scopes.map((scope) => (
              <span key={scope} className={classes.scope}>
                {scope}
              </span>
            ))}
          </span>,
          key.lastUsedAt ? (
            <time key="used" title={formatDateTime(key.lastUsedAt)}>
              {formatRelative(key.lastUsedAt)}
            </time>
          ) : (
            t.app.never
          ),
          key.expiresAt ? formatDate(key.expiresAt) : t.app.never,
        ]}
        removal={(key) => ({ label: t.admin.revoke(key.name), icon: IconTrash, run: () => removal.ask(key) })}
        empty={
          <EmptyState icon={IconKey} title={t.admin.noKeys} text={t.admin.noKeysText}>
            {add}
          </EmptyState>
        }
      />
      {adding && <AddKey onClose={() => setAdding(false)} />}
      {removal.dialog}
    </Page>
  );
}
