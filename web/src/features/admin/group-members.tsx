import { ActionIcon, Modal, Skeleton, Stack, Text, Tooltip } from '@mantine/core';
import { IconUserMinus } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '../../api/api.ts';
import { keys } from '../../api/query-client.ts';
import type { Group } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { errorText } from '../../ui/error-text.ts';
import { Failed } from '../../ui/failed.tsx';
import { showRefusal } from '../access/refusal.ts';
import { SearchSelect, personOption } from '../access/search-select.tsx';
import classes from './admin.module.css';

/** Who is in a group: each change holds at once. */
export function GroupMembers({ group, onClose }: { group: Group; onClose(): void }) {
  const t = useText();
  const client = useQueryClient();
  const queryKey = keys.groupMembers(group.id);
  const inside = useQuery({ queryKey, queryFn: ({ signal }) => api.groups.members(group.id, signal) });
  const members = useQuery({ queryKey: keys.members, queryFn: ({ signal }) => api.members.list(signal) });
  const options = {
    onError: (error: Error) => showRefusal(error, t),
    // The list of groups counts its people; answers to "why" may be others now.
    onSettled: () => Promise.all([keys.groups, keys.explanations].map((key) => client.invalidateQueries({ queryKey: key }))),
  };
  const add = useMutation({ mutationFn: (userId: string) => api.groups.addMember(group.id, userId), ...options });
  const remove = useMutation({ mutationFn: (userId: string) => api.groups.removeMember(group.id, userId), ...options });
  const ids = new Set(inside.data?.items.map(({ userId }) => userId));
  const others = (members.data?.items ?? []).filter(({ userId }) => !ids.has(userId));
  return (
    <Modal opened onClose={onClose} title={t.groups.membersOf(group.name)} closeButtonProps={{ 'aria-label': t.app.close }}>
      <Stack gap="md">
        <SearchSelect
          label={t.groups.addMember}
          placeholder={t.groups.addMemberHint}
          nothingFoundMessage={t.groups.noMatch}
          data={others.map(personOption)}
          value={null}
          disabled={add.isPending}
          data-autofocus
          onChange={(userId) => userId && add.mutate(userId)}
        />
        {inside.error && <Failed text={errorText(inside.error, t)} onRetry={() => void inside.refetch()} />}
        {inside.isPending && <Skeleton height={90} />}
        {inside.data?.items.length === 0 && <Text c="dimmed">{t.groups.empty}</Text>}
        <ul className={classes.people} aria-label={t.groups.people}>
          {inside.data?.items.map(({ userId, name, email }) => (
            <li key={userId}>
              <div>
                <div className={classes.strong}>{name}</div>
                <div className={classes.small}>{email}</div>
              </div>
              <Tooltip label={t.groups.removeMember(name)}>
                <ActionIcon aria-label={t.groups.removeMember(name)} onClick={() => remove.mutate(userId)}>
                  <IconUserMinus size={18} stroke={1.7} aria-hidden />
                </ActionIcon>
              </Tooltip>
            </li>
          ))}
        </ul>
      </Stack>
    </Modal>
  );
}
