import { TagsInput, type TagsInputProps } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/api.ts';
import { keys } from '../../api/query-client.ts';
import { useText } from '../../messages/index.tsx';

interface Props extends Pick<TagsInputProps, 'label' | 'description' | 'placeholder' | 'autoFocus' | 'aria-label' | 'disabled'> {
  value: readonly string[];
  onChange(tags: string[]): void;
}

/** Tags with suggestions from those in use; Enter or a comma adds one. */
export function TagInput({ value, onChange, ...rest }: Props) {
  const t = useText();
  const [find, setFind] = useState('');
  const [settled] = useDebouncedValue(find.trim(), 150);
  const known = useQuery({
    queryKey: keys.tags(settled),
    queryFn: ({ signal }) => api.tags(settled, signal),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
  return (
    <TagsInput
      placeholder={value.length === 0 ? t.detail.addTag : ''}
      {...rest}
      value={[...value]}
      onChange={(tags) => onChange([...new Set(tags.map((tag) => tag.trim()).filter(Boolean))])}
      searchValue={find}
      onSearchChange={setFind}
      // Only while somebody types: an open list would lie over the buttons below.
      data={find.trim() ? (known.data?.items ?? []).map(({ tag }) => tag) : []}
      filter={({ options }) => options}
      acceptValueOnBlur
      clearable={false}
      splitChars={[',', ';']}
      maxTags={200}
      comboboxProps={{ shadow: 'md', transitionProps: { duration: 100 } }}
    />
  );
}
