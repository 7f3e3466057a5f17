import { Stack } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import { useText } from '../../messages/index.tsx';
import { Page } from '../../ui/page.tsx';
import { MetadataPolicy } from './metadata-policy.tsx';
import { NamedTransformations } from './named-transformations.tsx';
import { SigningKeys } from './signing-keys.tsx';

/** How the workspace delivers: named transformations, what goes with its pictures, and signing keys. */
export function DeliveryPage() {
  const t = useText();
  useDocumentTitle(`${t.deliverySettings.title} · ${t.app.name}`);
  return (
    <Page title={t.deliverySettings.title} text={t.deliverySettings.text}>
      <Stack gap={48}>
        <NamedTransformations />
        <MetadataPolicy />
        <SigningKeys />
      </Stack>
    </Page>
  );
}
