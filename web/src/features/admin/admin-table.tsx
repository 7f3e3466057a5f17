import { ActionIcon, Group, Skeleton, Table, Tooltip, VisuallyHidden } from '@mantine/core';
import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useText } from '../../messages/index.tsx';
import { errorText } from '../../ui/error-text.ts';
import { Failed } from '../../ui/failed.tsx';
import classes from './admin.module.css';

interface Act {
  label: string;
  icon: Icon;
  run(): void;
}

interface Props<T> {
  /** What the server answered, or why it did not. */
  list: { data: { items: T[] } | undefined; error: Error | null; refetch(): unknown };
  heads: readonly string[];
  keyOf(item: T): string;
  /** One cell for each head. */
  cells(item: T): readonly ReactNode[];
  /** The act at the end of a line; null where there is none. */
  removal(item: T): Act | null;
  /** More that can be done with a line, before its removal. */
  acts?(item: T): readonly Act[];
  /** Shown in place of a table without lines. */
  empty?: ReactNode;
}

/** The table of an administration page: lines with a way to remove each. */
export function AdminTable<T>({ list: { data, error, refetch }, heads, keyOf, cells, removal, acts, empty }: Props<T>) {
  const t = useText();
  if (!data) return error ? <Failed text={errorText(error, t)} onRetry={() => void refetch()} /> : <Skeleton height={180} />;
  if (data.items.length === 0 && empty) return empty;
  return (
    <div className={classes.wrap}>
      <Table verticalSpacing="sm" classNames={{ th: classes.th }}>
        <Table.Thead>
          <Table.Tr>
            {heads.map((head) => (
              <Table.Th key={head}>{head}</Table.Th>
            ))}
            <Table.Th>
              <VisuallyHidden>{t.admin.acts}</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {data.items.map((item) => (
            <Table.Tr key={keyOf(item)}>
              {cells(item).map((cell, index) => (
                <Table.Td key={heads[index]} className="numbers">
                  {cell}
                </Table.Td>
              ))}
              <Table.Td>
                <Group gap={4} wrap="nowrap" justify="flex-end">
                  {acts?.(item).map((act) => (
                    <ActButton key={act.label} {...act} />
                  ))}
                  <ActButton {...removal(item)} />
                </Group>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}

function ActButton({ label, icon: Glyph, run }: Partial<Act>) {
  if (!label || !Glyph) return null;
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} onClick={run}>
        <Glyph size={18} stroke={1.7} aria-hidden />
      </ActionIcon>
    </Tooltip>
  );
}
