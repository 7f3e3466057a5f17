import { Alert, Button, Group, PasswordInput, SegmentedControl, Stack, TextInput, useMantineColorScheme } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api } from '../../api/api.ts';
import { keys } from '../../api/query-client.ts';
import { LANGUAGES, type Language, useLanguage, useText } from '../../messages/index.tsx';
import { errorText, showError } from '../../ui/error-text.ts';
import { Page, Section } from '../../ui/page.tsx';
import { StorageBar } from '../../ui/storage-bar.tsx';
import { useStore } from '../../ui/store.ts';
import { type Density, density } from '../library/preferences.ts';
import { useMe } from './use-me.ts';

/** Who one is, the password, and how the app looks. */
export function ProfilePage() {
  const { t, language, setLanguage } = useLanguage();
  const me = useMe();
  const client = useQueryClient();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const [name, setName] = useState(me.user?.name ?? '');
  useDocumentTitle(`${t.profile.title} · ${t.app.name}`);
  const rename = useMutation({
    mutationFn: () => api.me.rename(name),
    onSuccess: () => {
      notifications.show({ message: t.app.saved });
      void client.invalidateQueries({ queryKey: keys.me });
    },
    onError: (error) => showError(error, t),
  });
  return (
    <Page title={t.profile.title}>
      <Section title={t.profile.you}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            rename.mutate();
          }}
        >
          <Stack gap="md">
            <TextInput
              label={t.profile.name}
              value={name}
              required
              maxLength={200}
              withAsterisk={false}
              autoComplete="name"
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <TextInput label={t.session.email} value={me.user?.email ?? ''} readOnly />
            <Group>
              <Button type="submit" loading={rename.isPending} disabled={name.trim() === me.user?.name}>
                {t.app.save}
              </Button>
            </Group>
          </Stack>
        </form>
      </Section>
      <Section title={t.profile.passwordTitle}>
        <PasswordForm hasPassword={me.hasPassword} />
      </Section>
      <Section title={t.profile.look}>
        <Stack gap="md">
          <Choice label={t.nav.language} value={language} data={LANGUAGES} onChange={(value) => setLanguage(value as Language)} />
          <Choice
            label={t.nav.scheme}
            value={colorScheme}
            data={{ auto: t.nav.schemeAuto, light: t.nav.schemeLight, dark: t.nav.schemeDark }}
            onChange={(value) => setColorScheme(value as 'auto' | 'light' | 'dark')}
          />
          <Choice
            label={t.profile.density}
            value={useStore(density)}
            data={{ comfortable: t.profile.comfortable, compact: t.profile.compact }}
            onChange={(value) => density.set(value as Density)}
          />
        </Stack>
      </Section>
      <Section title={t.profile.storage}>
        <StorageBar quota={me.quota} label={t.profile.storage} />
      </Section>
    </Page>
  );
}

interface ChoiceProps {
  label: string;
  value: string;
  data: Record<string, string>;
  onChange(value: string): void;
}

function Choice({ label, value, data, onChange }: ChoiceProps) {
  return (
    <div>
      <div style={{ marginBottom: 4, fontWeight: 520, fontSize: 13 }}>{label}</div>
      <SegmentedControl
        fullWidth
        aria-label={label}
        value={value}
        onChange={onChange}
        data={Object.entries(data).map(([key, text]) => ({ value: key, label: text }))}
      />
    </div>
  );
}

function PasswordForm({ hasPassword }: { hasPassword: boolean }) {
  const t = useText();
  const client = useQueryClient();
  const [problem, setProblem] = useState<string | null>(null);
  const save = useMutation({
    mutationFn: api.me.setPassword,
    onSuccess: () => {
      notifications.show({ message: t.profile.changed });
      void client.invalidateQueries({ queryKey: keys.me });
    },
    onError: (error) => setProblem(errorText(error, t)),
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const element = event.currentTarget;
    const form = new FormData(element);
    const next = String(form.get('next'));
    setProblem(null);
    if (next !== String(form.get('repeat'))) {
      setProblem(t.profile.mismatch);
      return;
    }
    const currentPassword = form.get('current');
    save.mutate(
      { newPassword: next, ...(currentPassword !== null && { currentPassword: String(currentPassword) }) },
      { onSuccess: () => element.reset() },
    );
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        {!hasPassword && <Alert color="orange">{t.profile.noPassword}</Alert>}
        {hasPassword && (
          <PasswordInput name="current" label={t.profile.current} required withAsterisk={false} autoComplete="current-password" />
        )}
        <PasswordInput
          name="next"
          label={t.profile.next}
          description={t.profile.nextHelp}
          required
          minLength={10}
          maxLength={200}
          withAsterisk={false}
          autoComplete="new-password"
        />
        <PasswordInput name="repeat" label={t.profile.repeat} required minLength={10} withAsterisk={false} autoComplete="new-password" />
        {problem && (
          <Alert color="red" role="alert">
            {problem}
          </Alert>
        )}
        <Group>
          <Button type="submit" loading={save.isPending}>
            {hasPassword ? t.profile.change : t.profile.set}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
