import { Avatar, Button, Group, Select } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { IconPlus, IconUserMinus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/api.ts';
import { keys } from '../../api/query-client.ts';
import type { Member, Role } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { showError } from '../../ui/error-text.ts';
import { formatBytes, formatDate } from '../../ui/format.ts';
import { Page } from '../../ui/page.tsx';
import { useMe } from '../session/use-me.ts';
import { AddPerson } from './add-person.tsx';
import { AdminTable } from './admin-table.tsx';
import classes from './admin.module.css';
import { useRemoval } from './use-removal.tsx';

/** Who can sign in, and what they may do. */
export function PeoplePage() {
  const t = useText();
  const me = useMe();
  const client = useQueryClient();
  const [adding, setAdding] = useState(false);
  useDocumentTitle(`${t.admin.peopleTitle} · ${t.app.name}`);
  const members = useQuery({ queryKey: keys.members, queryFn: ({ signal }) => api.members.list(signal) });
  const refresh = () => void client.invalidateQueries({ queryKey: keys.members });
  const onError = (error: Error) => {
    showError(error, t);
    refresh();
  };
  const setRole = useMutation({
    mutationFn: ({ id, role }: { id: string; role: Role }) => api.members.patch(id, { role }),
    onSuccess: refresh,
    onError,
  });
  const removal = useRemoval<Member>({
    queryKey: keys.members,
    remove: (member) => api.members.remove(member.userId),
    title: (member) => `${t.admin.removePerson(member.name)}?`,
    text: t.admin.removePersonText,
  });
  const roles = Object.entries(t.values.role).map(([value, label]) => ({ value, label }));
  return (
    <Page
      title={t.admin.peopleTitle}
      text={t.admin.peopleText}
      action={
        <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setAdding(true)}>
          {t.admin.addPerson}
        </Button>
      }
    >
      <AdminTable
        list={members}
        heads={[t.admin.name, t.admin.role, t.admin.used, t.admin.since]}
        keyOf={(member) => member.userId}
        cells={(member) => [
          <Group key="name" gap="sm" wrap="nowrap">
            <Avatar name={member.name} color="plum" size={34} aria-hidden="true" className={classes.avatar} />
            <div>
              <div className={classes.strong}>
                {member.name} {member.userId === me.user?.id && <span className={classes.small}>({t.admin.you})</span>}
              </div>
              <div className={classes.small}>{member.email}</div>
            </div>
          </Group>,
          <Select
            key="role"
            size="xs"
            w={150}
            aria-label={t.admin.changeRole(member.name)}
            data={roles}
            value={member.role}
            allowDeselect={false}
            onChange={(role) => role && setRole.mutate({ id: member.userId, role: role as Role })}
          />,
          formatBytes(member.quota.usedBytes),
          formatDate(member.createdAt),
        ]}
        removal={(member) =>
          member.userId === me.user?.id
            ? null
            : { label: t.admin.removePerson(member.name), icon: IconUserMinus, run: () => removal.ask(member) }
        }
      />
      {adding && <AddPerson onClose={() => setAdding(false)} />}
      {removal.dialog}
    </Page>
  );
}
