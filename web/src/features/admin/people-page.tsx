import { Avatar, Button, Group } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { IconHelpCircle, IconPlus, IconUserMinus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
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
import { ExplainPerson } from './explain-person.tsx';
import { PeopleTabs } from './people-tabs.tsx';
import { RoleSelect } from './role-select.tsx';
import { useRemoval } from './use-removal.tsx';

/** Who can sign in, and what they may do. */
export function PeoplePage() {
  const t = useText();
  const me = useMe();
  const client = useQueryClient();
  const [adding, setAdding] = useState(false);
  useDocumentTitle(`${t.admin.peopleTitle} · ${t.app.name}`);
  const members = useQuery({ queryKey: keys.members, queryFn: ({ signal }) => api.members.list(signal) });
  const navigate = useNavigate();
  const { why, folder, verb } = useSearch({ from: '/frame/admin/people' });
  const asked = members.data?.items.find(({ userId }) => userId === why);
  const ask = (question: { why?: string; folder?: string; verb?: string }) =>
    void navigate({ to: '/admin/people', search: question, replace: why !== undefined });
  // Roles count their people.
  const refresh = () => {
    for (const queryKey of [keys.members, keys.roles, keys.explanations]) void client.invalidateQueries({ queryKey });
  };
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
      <PeopleTabs />
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
          <RoleSelect
            key="role"
            size="xs"
            w={170}
            aria-label={t.admin.changeRole(member.name)}
            value={member.role}
            onChange={(role) => setRole.mutate({ id: member.userId, role })}
          />,
          formatBytes(member.quota.usedBytes),
          formatDate(member.createdAt),
        ]}
        acts={(member) => [{ label: t.access.whyOf(member.name), icon: IconHelpCircle, run: () => ask({ why: member.userId }) }]}
        removal={(member) =>
          member.userId === me.user?.id
            ? null
            : { label: t.admin.removePerson(member.name), icon: IconUserMinus, run: () => removal.ask(member) }
        }
      />
      {adding && <AddPerson onClose={() => setAdding(false)} />}
      {asked && (
        <ExplainPerson
          member={asked}
          folder={folder}
          verb={verb}
          onChange={(question) => ask({ why: asked.userId, ...question })}
          onClose={() => ask({})}
        />
      )}
      {removal.dialog}
    </Page>
  );
}
