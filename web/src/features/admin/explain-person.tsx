import { Modal, Skeleton, Stack } from '@mantine/core';
import { type Member, type Verb, VERBS } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { Failed } from '../../ui/failed.tsx';
import { Explain } from '../access/explain.tsx';
import { SearchSelect } from '../access/search-select.tsx';
import { useFolders } from '../library/folders/use-folders.ts';

interface Props {
  member: Member;
  /** Path of the folder; the root without one. */
  folder: string | undefined;
  verb: string | undefined;
  onChange(question: { folder: string; verb: Verb }): void;
  onClose(): void;
}

/** Why somebody can, or cannot, do something in a folder, asked from the list of people. */
export function ExplainPerson({ member, folder = '/', verb, onChange, onClose }: Props) {
  const t = useText();
  const { all, loading, error, reload } = useFolders();
  const chosen = all.find(({ path }) => path === folder) ?? all.find(({ parentId }) => parentId === null);
  const act = VERBS.find((one) => one === verb) ?? 'list';
  return (
    <Modal opened onClose={onClose} title={t.access.whyOf(member.name)} closeButtonProps={{ 'aria-label': t.app.close }}>
      <Stack gap="md">
        {loading && <Skeleton height={180} />}
        {error && <Failed text={t.folders.failed} onRetry={reload} />}
        {chosen && (
          <>
            <SearchSelect
              label={t.access.folder}
              data={all.map(({ path }) => ({ value: path, label: path === '/' ? t.access.root : path }))}
              value={chosen.path}
              allowDeselect={false}
              onChange={(path) => path && onChange({ folder: path, verb: act })}
            />
            <Explain
              folderId={chosen.id}
              userId={member.userId}
              verb={act}
              onVerb={(next) => onChange({ folder: chosen.path, verb: next })}
            />
          </>
        )}
      </Stack>
    </Modal>
  );
}
