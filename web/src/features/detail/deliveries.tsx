import { VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/api.ts';
import { useText } from '../../messages/index.tsx';
import { formatBytes, formatDate, formatNumber } from '../../ui/format.ts';
import classes from './deliveries.module.css';

const DAYS = 30;

/** How often the asset was delivered in the last weeks: what it costs, and whether anybody still uses it. */
export function Deliveries({ id }: { id: string }) {
  const t = useText();
  const { data: answer } = useQuery({
    queryKey: ['asset', id, 'deliveries'],
    queryFn: ({ signal }) => api.assets.deliveries(id, DAYS, signal),
    staleTime: 60_000,
  });
  if (!answer) return null;
  const data = answer.items;
  const requests = data.reduce((sum, day) => sum + day.requests, 0);
  const bytes = data.reduce((sum, day) => sum + day.bytes, 0);
  const most = Math.max(1, ...data.map((day) => day.requests));
  return (
    <section aria-label={t.deliveries.title} className={classes.box}>
      <h2 className={classes.title}>{t.deliveries.title}</h2>
      <p className={classes.sum}>{requests === 0 ? t.deliveries.none : t.deliveries.sum(formatNumber(requests), formatBytes(bytes))}</p>
      {requests > 0 && (
        <ol className={classes.bars}>
          {data.map(({ day, requests: count }) => (
            <li key={day} title={t.deliveries.day(formatDate(day), formatNumber(count))}>
              <span style={{ height: `${Math.round((100 * count) / most)}%` }} data-empty={count === 0 || undefined} />
              <VisuallyHidden>{t.deliveries.day(formatDate(day), formatNumber(count))}</VisuallyHidden>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
