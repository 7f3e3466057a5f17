import { Autocomplete } from '@mantine/core';
import { IconFolder } from '@tabler/icons-react';
import { useText } from '../../../messages/index.tsx';
import { useFolders } from './use-folders.ts';

interface Props {
  label: string;
  value: string;
  onChange(path: string): void;
  autoFocus?: boolean;
}

/** A folder's path, with those that exist as suggestions; a new path makes a new folder. */
export function FolderPicker({ label, value, onChange, autoFocus = false }: Props) {
  const t = useText();
  const { paths } = useFolders();
  return (
    <Autocomplete
      label={label}
      description={t.folders.pickHint}
      leftSection={<IconFolder size={16} aria-hidden />}
      value={value}
      onChange={onChange}
      onBlur={() => onChange(value.trim().startsWith('/') ? value.trim() : `/${value.trim()}`)}
      data={['/', ...paths]}
      limit={30}
      maxDropdownHeight={220}
      data-autofocus={autoFocus || undefined}
      comboboxProps={{ shadow: 'md' }}
    />
  );
}
