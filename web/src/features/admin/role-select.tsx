import { Select, type SelectProps, Text } from '@mantine/core';
import { useText } from '../../messages/index.tsx';
import { roleHelp, roleName, useRoles } from '../access/use-roles.ts';

interface Props extends Omit<SelectProps, 'data' | 'value' | 'onChange' | 'renderOption' | 'allowDeselect'> {
  value: string;
  onChange(role: string): void;
}

/** Chooses a role; each is explained in a sentence. */
export function RoleSelect({ value, onChange, ...props }: Props) {
  const t = useText();
  const { roles, nameOf } = useRoles();
  const known = roles ?? [];
  // Until the roles are here, the present one is shown at least.
  const data =
    known.length === 0 ? [{ value, label: nameOf(value) }] : known.map((role) => ({ value: role.key, label: roleName(t, role) }));
  const helpOf = (key: string) => {
    const role = known.find((one) => one.key === key);
    return role && roleHelp(t, role);
  };
  return (
    <Select
      {...props}
      data={data}
      value={value}
      allowDeselect={false}
      maxDropdownHeight={340}
      comboboxProps={{ shadow: 'md', width: 280, position: 'bottom-start' }}
      onChange={(role) => role && onChange(role)}
      renderOption={({ option }) => (
        <div>
          <div>{option.label}</div>
          <Text size="xs" c="dimmed">
            {helpOf(option.value)}
          </Text>
        </div>
      )}
    />
  );
}
