import { Button, Stack, Textarea, TextInput } from '@mantine/core';
import { ApiError } from '../../api/http.ts';
import type { Asset } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { errorText, showError } from '../../ui/error-text.ts';
import { TagInput } from '../library/tag-input.tsx';
import { useDraft } from './use-draft.ts';
import { useSaveTags, useSaveText } from './use-save-asset.ts';

type Field = 'title' | 'description' | 'name';

/** One text of an asset: what to put on its input, with why it was refused and a way to send it again. */
function useField(asset: Asset, field: Field, readOnly: boolean) {
  const t = useText();
  const save = useSaveText(asset.id, field);
  // The form may be gone when the answer comes: then nobody would see it beside the field.
  const onLost = (error: unknown) => showError(error, t);
  const now = asset[field] ?? '';
  const draft = useDraft({ seen: { text: now, rowVersion: asset.rowVersion }, readOnly, required: field === 'name', save, onLost });
  if (draft.error === null) return draft.field;
  const conflict = draft.error instanceof ApiError && draft.error.status === 412;
  const error = (
    <span role="alert">
      {conflict ? t.detail.textChanged(now) : `${errorText(draft.error, t)} ${t.detail.textKept}`}{' '}
      <Button size="compact-xs" variant="default" onClick={draft.retry}>
        {conflict ? t.detail.textReplace : t.app.retry}
      </Button>
    </span>
  );
  return { ...draft.field, error };
}

/** Title, description and tags, saved when a field is left. `brief` leaves out what the narrow inspector has no room for. */
export function AssetForm({ asset, brief = false }: { asset: Asset; brief?: boolean }) {
  const t = useText();
  const mayEdit = asset.verbs.includes('edit') && !asset.deletedAt;
  const tags = useSaveTags(asset.id);
  const title = useField(asset, 'title', !mayEdit);
  const description = useField(asset, 'description', !mayEdit);
  const name = useField(asset, 'name', !mayEdit);
  return (
    <Stack gap="sm">
      <TextInput
        label={t.detail.title}
        placeholder={mayEdit ? t.detail.titlePlaceholder : t.detail.noTitle}
        maxLength={500}
        data-edit-first
        {...title}
      />
      <TagInput label={t.detail.tags} value={asset.tags} disabled={!mayEdit} onChange={tags} />
      <Textarea
        label={t.detail.description}
        placeholder={mayEdit ? t.detail.descriptionPlaceholder : t.detail.noDescription}
        autosize
        minRows={brief ? 1 : 2}
        maxRows={8}
        maxLength={10_000}
        {...description}
      />
      {!brief && <TextInput label={t.detail.name} maxLength={1000} {...name} />}
    </Stack>
  );
}
