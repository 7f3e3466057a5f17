import { Checkbox, Radio, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api } from '../../api/api.ts';
import { type FolderAccess, type Grant, type GrantInput, type Level, type Verb, VERBS } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { FormEnd } from '../admin/form-end.tsx';
import { DialogView } from './dialog-view.tsx';
import { inOrder, LEVELS, levelOf } from './levels.ts';
import { refusalOf } from './refusal.ts';
import { useRoles } from './use-roles.ts';
import { WhomSelect } from './whom-select.tsx';

interface Props {
  folderId: string;
  /** The grant to change; null makes a new one. */
  given: Grant | null;
  onDone(access: FolderAccess): void;
  onBack(): void;
}

/** Gives somebody something in a folder, or denies it to them. */
export function GrantForm({ folderId, given, onDone, onBack }: Props) {
  const t = useText();
  const { roles } = useRoles();
  const [whom, setWhom] = useState<GrantInput['principal'] | null>(null);
  const [effect, setEffect] = useState<Grant['effect']>(given?.effect ?? 'allow');
  const [level, setLevel] = useState<Level | 'single'>(() => (given ? (levelOf(given, roles) ?? 'single') : 'viewer'));
  const [verbs, setVerbs] = useState<Verb[]>(() => (given ? inOrder(given.verbs) : ['list', 'read', 'rendition']));
  const denies = effect === 'deny';
  const levels = denies ? LEVELS.filter((one) => one === 'admin') : LEVELS;
  const chosen = level === 'single' || levels.includes(level) ? level : 'admin';
  const save = useMutation({
    mutationFn: (body: Omit<GrantInput, 'principal'>) => {
      if (given) return api.folderAccess.patch(folderId, given.id, body);
      return api.folderAccess.add(folderId, { principal: whom ?? { kind: 'user', id: '' }, ...body });
    },
    onSuccess: onDone,
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const day = String(new FormData(event.currentTarget).get('until'));
    // A day that was left as it was keeps its hour.
    const kept = given?.until && localDay(given.until) === day ? given.until : null;
    const until = kept ?? (day ? new Date(`${day}T23:59:59`).toISOString() : null);
    save.mutate({ effect, until, ...(chosen === 'single' ? { verbs } : { preset: chosen }) });
  };
  return (
    <DialogView title={given ? t.access.changeTitle(given.principal.name ?? t.access.gone) : t.access.addTitle} onBack={onBack}>
      <form onSubmit={submit}>
        <Stack gap="md">
          {given === null && <WhomSelect value={whom} onChange={setWhom} />}
          <div>
            <SegmentedControl
              aria-label={t.access.effect}
              value={effect}
              onChange={setEffect}
              data={[
                { value: 'allow', label: t.access.allow },
                { value: 'deny', label: t.access.deny },
              ]}
            />
            {denies && (
              <Text size="sm" mt={6}>
                {t.access.denyHelp}
              </Text>
            )}
          </div>
          <Radio.Group
            label={denies ? t.access.levelDenied : t.access.level}
            value={chosen}
            onChange={(value) => setLevel([...LEVELS, 'single' as const].find((one) => one === value) ?? 'single')}
          >
            <Stack gap="xs" mt={6}>
              {levels.map((value) => (
                <Radio
                  key={value}
                  value={value}
                  label={t.access.levels[value]}
                  description={denies ? undefined : t.access.levelHelp[value]}
                />
              ))}
              <Radio value="single" label={t.access.levels.single} description={denies ? undefined : t.access.levelHelp.single} />
            </Stack>
          </Radio.Group>
          {chosen === 'single' && (
            <Checkbox.Group
              label={t.access.verbs}
              value={verbs}
              onChange={(values) => setVerbs(VERBS.filter((verb) => values.includes(verb)))}
            >
              <Stack gap={8} mt={6}>
                {VERBS.map((verb) => (
                  <Checkbox key={verb} value={verb} label={t.values.verb[verb]} size="sm" />
                ))}
              </Stack>
            </Checkbox.Group>
          )}
          <TextInput
            name="until"
            type="date"
            label={t.access.untilField}
            description={t.access.untilHelp}
            defaultValue={given?.until ? localDay(given.until) : ''}
          />
          <FormEnd
            error={refusalOf(save.error, t)}
            busy={save.isPending}
            doing={given ? t.app.save : denies ? t.access.denyDo : t.access.shareDo}
            disabled={(given === null && whom === null) || (chosen === 'single' && verbs.length === 0)}
            onClose={onBack}
          />
        </Stack>
      </form>
    </DialogView>
  );
}

/** The day of a moment where the browser is, as a date field takes it. */
function localDay(iso: string): string {
  const date = new Date(iso);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
}
