import { Group, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

/** A part of an administration page that has more than one table. */
export function Section({ title, text, action, children }: { title: string; text: string; action?: ReactNode; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <Group justify="space-between" align="flex-start" mb="sm" gap="md">
        <div style={{ flex: '1 1 280px' }}>
          <Title order={2} size="h4">
            {title}
          </Title>
          <Text size="sm" c="dimmed">
            {text}
          </Text>
        </div>
        {action}
      </Group>
      {children}
    </section>
  );
}
