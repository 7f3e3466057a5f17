import { Alert } from '@mantine/core';
import type { GrantInput } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { SearchSelect, personOption } from './search-select.tsx';
import { useWhom } from './use-whom.ts';

interface Props {
  value: GrantInput['principal'] | null;
  onChange(value: GrantInput['principal'] | null): void;
}

/** A person or a group, found by typing. */
export function WhomSelect({ value, onChange }: Props) {
  const t = useText();
  const { members = [], groups = [], manages } = useWhom();
  if (!manages) return <Alert color="gray">{t.access.whomHidden}</Alert>;
  const ofKind = (kind: 'user' | 'group', { value: id, label }: { value: string; label: string }) => ({ value: `${kind}:${id}`, label });
  return (
    <SearchSelect
      label={t.access.whom}
      placeholder={t.access.whomHint}
      nothingFoundMessage={t.access.noMatch}
      data={[
        { group: t.access.groups, items: groups.map(({ id, name }) => ofKind('group', { value: id, label: name })) },
        { group: t.access.people, items: members.map((member) => ofKind('user', personOption(member))) },
      ]}
      value={value && `${value.kind}:${value.id}`}
      onChange={(chosen) => {
        if (chosen === null) return onChange(null);
        const colon = chosen.indexOf(':');
        onChange({ kind: chosen.slice(0, colon) === 'group' ? 'group' : 'user', id: chosen.slice(colon + 1) });
      }}
    />
  );
}
