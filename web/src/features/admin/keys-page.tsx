import { ActionIcon, Button, Skeleton, Table, Tooltip, VisuallyHidden } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { IconKey, IconPlus, IconTrash } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/api.ts';
import { keys } from '../../api/query-client.ts';
import type { ApiKey } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { errorText, showError } from '../../ui/error-text.ts';
import { formatDate, formatDateTime, formatRelative } from '../../ui/format.ts';
import { Page } from '../../ui/page.tsx';
import { AddKey } from './add-key.tsx';
import classes from './admin.module.css';

/** Keys for machines. */
export function KeysPage() {
  const t = useText();
  const client = useQueryClient();
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<ApiKey | null>(null);
  useDocumentTitle(`${t.admin.keysTitle} · ${t.app.name}`);
  const list = useQuery({ queryKey: keys.apiKeys, queryFn: ({ signal }) => api.keys.list(signal) });
  const remove = useMutation({
    mutationFn: (id: string) => api.keys.remove(id),
    onSuccess: () => {
      setRemoving(null);
      void client.invalidateQueries({ queryKey: keys.apiKeys });
    },
    onError: (error) => showError(error, t),
  });
  const add = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
      {t.admin.newKey}
    </Button>
  );
  const items = list.data?.items ?? [];
  return (
    <Page title={t.admin.keysTitle} text={t.admin.keysText} action={items.length > 0 && add}>
      {list.isPending && <Skeleton height={160} />}
      {list.error && <p role="alert">{errorText(list.error, t)}</p>}
      {list.data && items.length === 0 && (
        <EmptyState icon={IconKey} title={t.admin.noKeys} text={t.admin.noKeysText}>
          {add}
        </EmptyState>
      )}
      {items.length > 0 && (
        <div className={classes.wrap}>
          <Table verticalSpacing="sm" classNames={{ th: classes.th }}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t.admin.name}</Table.Th>
                <Table.Th>{t.admin.scopes}</Table.Th>
                <Table.Th>{t.admin.lastUsed}</Table.Th>
                <Table.Th>{t.admin.expires}</Table.Th>
                <Table.Th>
                  <VisuallyHidden>{t.app.remove}</VisuallyHidden>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((key) => (
                <Table.Tr key={key.id}>
                  <Table.Td>
                    <div className={classes.strong}>{key.name}</div>
                    <code className={classes.small}>{key.prefix}…</code>
                  </Table.Td>
                  <Table.Td>
                    <span className={classes.scopes}>
                      {key.scopes.map((scope) => (
                        <span key={scope} className={classes.scope}>
                          {scope}
                        </span>
                      ))}
                    </span>
                  </Table.Td>
                  <Table.Td>
                    {key.lastUsedAt ? <time title={formatDateTime(key.lastUsedAt)}>{formatRelative(key.lastUsedAt)}</time> : t.app.never}
                  </Table.Td>
                  <Table.Td>{key.expiresAt ? formatDate(key.expiresAt) : t.app.never}</Table.Td>
                  <Table.Td>
                    <Tooltip label={t.admin.revoke(key.name)}>
                      <ActionIcon aria-label={t.admin.revoke(key.name)} onClick={() => setRemoving(key)}>
                        <IconTrash size={18} stroke={1.7} aria-hidden />
                      </ActionIcon>
                    </Tooltip>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
      {adding && <AddKey onClose={() => setAdding(false)} />}
      {removing && (
        <Confirm
          title={`${t.admin.revoke(removing.name)}?`}
          text={t.admin.revokeText}
          doing={t.app.remove}
          busy={remove.isPending}
          onConfirm={() => remove.mutate(removing.id)}
          onClose={() => setRemoving(null)}
        />
      )}
    </Page>
  );
}
