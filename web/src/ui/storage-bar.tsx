import { Progress } from '@mantine/core';
import { useText } from '../messages/index.tsx';
import { formatBytes } from './format.ts';

interface Props {
  /** Bytes; a limit of null is none. */
  quota: { usedBytes: number; limitBytes: number | null };
  label: string;
}

/** How much is stored, and of how much where there is a limit. */
export function StorageBar({ quota: { usedBytes, limitBytes }, label }: Props) {
  const t = useText();
  if (limitBytes === null) return <div>{t.admin.usageOpen(formatBytes(usedBytes))}</div>;
  return (
    <div>
      {t.admin.usage(formatBytes(usedBytes), formatBytes(limitBytes))}
      <Progress mt={6} value={(100 * usedBytes) / Math.max(1, limitBytes)} aria-label={label} />
    </div>
  );
}
