import { Anchor, Button } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { IconPencil, IconPlus, IconTrash, IconUsersGroup } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/api.ts';
import { keys } from '../../api/query-client.ts';
import type { Group } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatDate } from '../../ui/format.ts';
import { Page } from '../../ui/page.tsx';
import { AdminTable } from './admin-table.tsx';
import classes from './admin.module.css';
import { EditGroup } from './edit-group.tsx';
import { GroupMembers } from './group-members.tsx';
import { PeopleTabs } from './people-tabs.tsx';
import { useRemoval } from './use-removal.tsx';

/** Groups of people, and who is in them. */
export function GroupsPage() {
  const t = useText();
  const navigate = useNavigate();
  const { group: openId } = useSearch({ from: '/frame/admin/people/groups' });
  const [editing, setEditing] = useState<Group | 'new' | null>(null);
  useDocumentTitle(`${t.groups.title} · ${t.app.name}`);
  const list = useQuery({ queryKey: keys.groups, queryFn: ({ signal }) => api.groups.list(signal) });
  const open = list.data?.items.find(({ id }) => id === openId);
  const show = (id?: string) => void navigate({ to: '/admin/people/groups', search: id === undefined ? {} : { group: id } });
  const removal = useRemoval<Group>({
    queryKey: keys.groups,
    remove: ({ id }) => api.groups.remove(id),
    title: ({ name }) => `${t.groups.remove(name)}?`,
    text: ({ members }) => t.groups.removeText(members),
    doing: ({ name }) => t.groups.remove(name),
  });
  const add = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEditing('new')}>
      {t.groups.add}
    </Button>
  );
  return (
    <Page title={t.groups.title} text={t.groups.text} action={list.data !== undefined && list.data.items.length > 0 && add}>
      <PeopleTabs />
      <AdminTable
        list={list}
        heads={[t.groups.name, t.groups.people, t.groups.made]}
        keyOf={({ id }) => id}
        cells={(group) => [
          <Anchor
            key="name"
            component="button"
            type="button"
            className={classes.strong}
            onClick={() => show(group.id)}
            aria-label={t.groups.membersOf(group.name)}
          >
            {group.name}
          </Anchor>,
          t.groups.count(group.members),
          formatDate(group.createdAt),
        ]}
        acts={(group) => [{ label: t.groups.rename(group.name), icon: IconPencil, run: () => setEditing(group) }]}
        removal={(group) => ({ label: t.groups.remove(group.name), icon: IconTrash, run: () => removal.ask(group) })}
        empty={
          <EmptyState icon={IconUsersGroup} title={t.groups.none} text={t.groups.noneText}>
            {add}
          </EmptyState>
        }
      />
      {editing !== null && (
        <EditGroup given={editing === 'new' ? null : editing} onClose={() => setEditing(null)} onMade={({ id }) => show(id)} />
      )}
      {open && <GroupMembers group={open} onClose={() => show()} />}
      {removal.dialog}
    </Page>
  );
}
