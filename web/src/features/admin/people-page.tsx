import { ActionIcon, Avatar, Button, Group, Select, Skeleton, Table, Tooltip, VisuallyHidden } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { IconPlus, IconUserMinus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/api.ts';
import { keys } from '../../api/query-client.ts';
import type { Member, Role } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { errorText, showError } from '../../ui/error-text.ts';
import { formatBytes, formatDate } from '../../ui/format.ts';
import { Page } from '../../ui/page.tsx';
import { useMe } from '../session/use-me.ts';
import { AddPerson } from './add-person.tsx';
import classes from './admin.module.css';

/** Who can sign in, and what they may do. */
export function PeoplePage() {
  const t = useText();
  const me = useMe();
  const client = useQueryClient();
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Member | null>(null);
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
  const remove = useMutation({
    mutationFn: (id: string) => api.members.remove(id),
    onSuccess: () => {
      setRemoving(null);
      refresh();
    },
    onError,
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
      {members.isPending && <Skeleton height={180} />}
      {members.error && <p role="alert">{errorText(members.error, t)}</p>}
      {members.data && (
        <div className={classes.wrap}>
          <Table verticalSpacing="sm" classNames={{ th: classes.th }}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t.admin.name}</Table.Th>
                <Table.Th>{t.admin.role}</Table.Th>
                <Table.Th>{t.admin.used}</Table.Th>
                <Table.Th>{t.admin.since}</Table.Th>
                <Table.Th>
                  <VisuallyHidden>{t.app.remove}</VisuallyHidden>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {members.data.items.map((member) => (
                <Table.Tr key={member.userId}>
                  <Table.Td>
                    <Group gap="sm" wrap="nowrap">
                      <Avatar name={member.name} color="plum" size={34} aria-hidden="true" className={classes.avatar} />
                      <div>
                        <div className={classes.strong}>
                          {member.name} {member.userId === me.user?.id && <span className={classes.small}>({t.admin.you})</span>}
                        </div>
                        <div className={classes.small}>{member.email}</div>
                      </div>
                    </Group>
                  </Table.Td>
                  <Table.Td>
                    <Select
                      size="xs"
                      w={150}
                      aria-label={t.admin.changeRole(member.name)}
                      data={roles}
                      value={member.role}
                      allowDeselect={false}
                      onChange={(role) => role && setRole.mutate({ id: member.userId, role: role as Role })}
                    />
                  </Table.Td>
                  <Table.Td className="numbers">{formatBytes(member.quota.usedBytes)}</Table.Td>
                  <Table.Td>{formatDate(member.createdAt)}</Table.Td>
                  <Table.Td>
                    {member.userId !== me.user?.id && (
                      <Tooltip label={t.admin.removePerson(member.name)}>
                        <ActionIcon aria-label={t.admin.removePerson(member.name)} onClick={() => setRemoving(member)}>
                          <IconUserMinus size={18} stroke={1.7} aria-hidden />
                        </ActionIcon>
                      </Tooltip>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
      {adding && <AddPerson onClose={() => setAdding(false)} />}
      {removing && (
        <Confirm
          title={`${t.admin.removePerson(removing.name)}?`}
          text={t.admin.removePersonText}
          doing={t.app.remove}
          busy={remove.isPending}
          onConfirm={() => remove.mutate(removing.userId)}
          onClose={() => setRemoving(null)}
        />
      )}
    </Page>
  );
}
