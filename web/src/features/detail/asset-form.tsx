import { Stack, Textarea, TextInput } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { Asset } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { TagInput } from '../library/tag-input.tsx';
import { useSaveAsset } from './use-save-asset.ts';

/** A text that follows the asset unless somebody is typing in it. */
function useDraft(value: string) {
  const [draft, setDraft] = useState(value);
  const typing = useRef(false);
  useEffect(() => {
    if (!typing.current) setDraft(value);
  }, [value]);
  return {
    value: draft,
    onFocus: () => {
      typing.current = true;
    },
    onChange: (event: { currentTarget: { value: string } }) => setDraft(event.currentTarget.value),
    /** Leaves the field; gives the new text when it changed. */
    leave: (): string | null => {
      typing.current = false;
      const text = draft.trim();
      return text === value ? null : text;
    },
    restore: () => setDraft(value),
  };
}

/** Title, description and tags, saved when a field is left. `brief` leaves out what the narrow inspector has no room for. */
export function AssetForm({ asset, brief = false }: { asset: Asset; brief?: boolean }) {
  const t = useText();
  const save = useSaveAsset(asset.id);
  const title = useDraft(asset.title ?? '');
  const description = useDraft(asset.description ?? '');
  const name = useDraft(asset.name);
  const mayEdit = asset.verbs.includes('edit') && !asset.deletedAt;
  const field = (draft: ReturnType<typeof useDraft>, put: (text: string) => void) => ({
    value: draft.value,
    readOnly: !mayEdit,
    onFocus: draft.onFocus,
    onChange: draft.onChange,
    onBlur: () => {
      const text = draft.leave();
      if (text !== null) put(text);
    },
    onKeyDown: (event: React.KeyboardEvent<HTMLElement>) => {
      if (event.key === 'Escape') {
        draft.restore();
        event.stopPropagation();
      }
      if (event.key === 'Enter' && event.currentTarget.tagName === 'INPUT') event.currentTarget.blur();
    },
  });
  return (
    <Stack gap="sm">
      <TextInput
        label={t.detail.title}
        placeholder={mayEdit ? t.detail.titlePlaceholder : t.app.none}
        maxLength={500}
        data-edit-first
        {...field(title, (text) => save.mutate({ title: text || null }))}
      />
      <TagInput label={t.detail.tags} value={asset.tags} disabled={!mayEdit} onChange={(tags) => save.mutate({ tags })} />
      <Textarea
        label={t.detail.description}
        placeholder={mayEdit ? t.detail.descriptionPlaceholder : t.app.none}
        autosize
        minRows={brief ? 1 : 2}
        maxRows={8}
        maxLength={10_000}
        {...field(description, (text) => save.mutate({ description: text || null }))}
      />
      {!brief && (
        <TextInput
          label={t.detail.name}
          maxLength={1000}
          {...field(name, (text) => {
            if (text) save.mutate({ name: text });
            else name.restore();
          })}
        />
      )}
    </Stack>
  );
}
