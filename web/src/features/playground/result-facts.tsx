import { Alert } from '@mantine/core';
import type { Asset } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { Fact, Facts } from '../../ui/facts.tsx';
import { formatBytes, formatNumber, formatPercent, formatPixels, formatType } from '../../ui/format.ts';
import { NotYet } from '../detail/use-rendered.ts';
import classes from './playground.module.css';
import { Refusal, type Result } from './use-result.ts';

/** What came, beside what it was made from. `current` false = another text was typed since. */
export function ResultFacts({ asset, result, current }: { asset: Asset; result: Result; current: boolean }) {
  const t = useText();
  const change = result.bytes / asset.bytes - 1;
  const { headers } = result;
  return (
    <section aria-label={t.playground.facts} aria-busy={!current} className={current ? undefined : classes.old}>
      <p className={classes.summary} aria-live="polite">
        <strong>
          {t.delivery.result(formatPixels(result.width, result.height), formatBytes(result.bytes), formatType(result.mime, ''))}
        </strong>
        {asset.kind !== 'video' && (
          <span className={change < 0 ? classes.saved : undefined}>
            {change < 0 ? t.delivery.smaller(formatPercent(-change)) : t.playground.larger(formatPercent(change))}
          </span>
        )}
      </p>
      {result.ignored && (
        <Alert color="orange" py={8} mt={8}>
          {t.playground.ignored(result.ignored)}
        </Alert>
      )}
      <Facts>
        <Fact
          label={t.playground.original}
          value={`${asset.width && asset.height ? `${formatPixels(asset.width, asset.height)} · ` : ''}${formatBytes(asset.bytes)} · ${formatType(asset.mime, asset.name)}`}
        />
        <Fact label={t.playground.time} value={t.playground.ms(formatNumber(Math.round(result.ms)))} hint={t.playground.timeHint} />
        <Fact
          label="Cache-Control"
          value={headers['cache-control'] ?? '–'}
          hint={result.public ? t.playground.publicHint : t.playground.privateHint}
        />
        <Fact label="Vary" value={headers.vary ?? '–'} />
        <Fact label="ETag" value={headers.etag ?? '–'} />
      </Facts>
    </section>
  );
}

/** Why there is no picture: what delivery said, and what to do about it. */
export function RefusalNote({ error }: { error: unknown }) {
  const t = useText();
  if (error instanceof NotYet) return <Alert color="plum" role="status" title={t.playground.preparing} />;
  if (!(error instanceof Refusal)) return <Alert color="red" role="alert" title={t.error.unknown} />;
  if (error.status === 0) return <Alert color="red" role="alert" title={t.error.offline} />;
  const help = t.playground.refusals[error.code] ?? t.playground.refusals['other'];
  return (
    <Alert color="red" role="alert" title={help}>
      {error.message && <span data-testid="refusal">{error.message}</span>}
      {error.code && (
        <span className={classes.code}>
          {' '}
          ({error.code}
          {error.parameter && `, ${error.parameter}`})
        </span>
      )}
    </Alert>
  );
}
