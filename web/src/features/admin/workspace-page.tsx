import { Button, NumberInput, Select, Stack, TextInput } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api } from '../../api/api.ts';
import { keys } from '../../api/query-client.ts';
import { useLanguage } from '../../messages/index.tsx';
import { showError } from '../../ui/error-text.ts';
import { Page, Section } from '../../ui/page.tsx';
import { StorageBar } from '../../ui/storage-bar.tsx';
import { useMe } from '../session/use-me.ts';

const GB = 1_000_000_000;
const CURRENCIES = ['EUR', 'USD', 'GBP', 'CHF', 'SEK', 'NOK', 'DKK', 'PLN', 'CZK', 'CAD', 'AUD', 'JPY', 'CNY', 'INR', 'BRL'];
const LOCALES = ['en', 'en-GB', 'en-US', 'de', 'de-AT', 'de-CH', 'fr', 'it', 'es', 'nl', 'sv', 'pl'];

const toBytes = (value: string | number): number | null => (typeof value === 'number' ? Math.round(value * GB) : null);
const toGb = (bytes: number | null): number | string => (bytes === null ? '' : bytes / GB);
const withOwn = (list: readonly string[], own: string): string[] => (list.includes(own) ? [...list] : [own, ...list]);

/** Name, time zone, money, limits of storage. */
export function WorkspacePage() {
  const { t, language } = useLanguage();
  const { workspace } = useMe();
  const client = useQueryClient();
  const [name, setName] = useState(workspace.name);
  const [settings, setSettings] = useState(workspace.settings);
  const [quota, setQuota] = useState(toGb(workspace.quota.limitBytes));
  const [personQuota, setPersonQuota] = useState(toGb(workspace.personQuotaBytes));
  useDocumentTitle(`${t.admin.workspaceTitle} · ${t.app.name}`);
  const save = useMutation({
    mutationFn: () => api.workspace.patch({ name, settings, quotaBytes: toBytes(quota), personQuotaBytes: toBytes(personQuota) }),
    onSuccess: () => {
      notifications.show({ message: t.app.saved });
      void client.invalidateQueries({ queryKey: keys.me });
    },
    onError: (error) => showError(error, t),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const months = Array.from({ length: 12 }, (_, index) => ({
    value: String(index + 1),
    label: new Intl.DateTimeFormat(language, { month: 'long' }).format(new Date(2024, index, 1)),
  }));
  const names = new Intl.DisplayNames(language, { type: 'language' });
  const locales = withOwn(LOCALES, settings.locale).map((value) => ({ value, label: names.of(value) ?? value }));
  return (
    <Page title={t.admin.workspaceTitle} text={t.admin.workspaceText}>
      <form onSubmit={submit}>
        <Section title={t.admin.workspaceName}>
          <TextInput
            label={t.admin.workspaceName}
            value={name}
            required
            maxLength={200}
            withAsterisk={false}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        </Section>
        <Section title={t.admin.localeField}>
          <Stack gap="md">
            <Select
              label={t.admin.timeZone}
              searchable
              data={withOwn(Intl.supportedValuesOf('timeZone'), settings.timeZone)}
              value={settings.timeZone}
              allowDeselect={false}
              onChange={(value) => value && setSettings({ ...settings, timeZone: value })}
            />
            <Select
              label={t.admin.localeField}
              data={locales}
              value={settings.locale}
              allowDeselect={false}
              onChange={(value) => value && setSettings({ ...settings, locale: value })}
            />
            <Select
              label={t.admin.currency}
              searchable
              data={withOwn(CURRENCIES, settings.currency)}
              value={settings.currency}
              allowDeselect={false}
              onChange={(value) => value && setSettings({ ...settings, currency: value })}
            />
            <Select
              label={t.admin.fiscalYear}
              data={months}
              value={String(settings.fiscalYearStart)}
              allowDeselect={false}
              onChange={(value) => value && setSettings({ ...settings, fiscalYearStart: Number(value) })}
            />
          </Stack>
        </Section>
        <Section title={t.admin.storage}>
          <Stack gap="md">
            <StorageBar quota={workspace.quota} label={t.admin.storage} />
            <NumberInput label={t.admin.quota} description={t.admin.quotaHelp} value={quota} min={0} onChange={setQuota} />
            <NumberInput
              label={t.admin.personQuota}
              description={t.admin.quotaHelp}
              value={personQuota}
              min={0}
              onChange={setPersonQuota}
            />
          </Stack>
        </Section>
        <Button type="submit" loading={save.isPending}>
          {t.app.save}
        </Button>
      </form>
    </Page>
  );
}
