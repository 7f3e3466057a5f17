import { Select, type SelectProps } from '@mantine/core';
import type { Member } from '../../api/types.ts';

/** A person as an option: found by name and by e-mail. */
export const personOption = ({ userId, name, email }: Pick<Member, 'userId' | 'name' | 'email'>) => ({
  value: userId,
  label: `${name} (${email})`,
});

/** Chooses one of many by typing a part of it. */
export function SearchSelect(props: SelectProps) {
  return <Select searchable openOnFocus={false} limit={50} maxDropdownHeight={240} comboboxProps={{ shadow: 'md' }} {...props} />;
}
