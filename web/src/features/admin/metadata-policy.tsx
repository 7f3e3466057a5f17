import { NativeSelect } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '../../api/api.ts';
import { keys } from '../../api/query-client.ts';
import type { DeliverySettings } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { showError } from '../../ui/error-text.ts';
import { POLICIES, toPolicy } from './policies.ts';
import { Section } from './section.tsx';

/** What the workspace's derivatives say of their files. */
export function MetadataPolicy() {
  const t = useText();
  const client = useQueryClient();
  const settings = useQuery({ queryKey: keys.deliverySettings, queryFn: ({ signal }) => api.deliverySettings.get(signal) });
  const change = useMutation({
    mutationFn: api.deliverySettings.put,
    onSuccess: (saved) => client.setQueryData<DeliverySettings>(keys.deliverySettings, saved),
    onError: (error) => showError(error, t),
  });
  return (
    <Section title={t.deliverySettings.metadataTitle} text={t.deliverySettings.metadataText}>
      <NativeSelect
        label={t.deliverySettings.metadata}
        description={t.deliverySettings.metadataHelp}
        maw={480}
        value={settings.data?.metadata ?? ''}
        disabled={settings.data === undefined || change.isPending}
        onChange={(event) => {
          const metadata = toPolicy(event.currentTarget.value);
          if (metadata) change.mutate({ metadata });
        }}
        data={[
          ...(settings.data ? [] : [{ value: '', label: '' }]),
          ...POLICIES.map((value) => ({ value, label: t.deliverySettings.policies[value] })),
        ]}
      />
    </Section>
  );
}
