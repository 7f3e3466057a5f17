import type { Asset } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Fact, Facts } from '../../ui/facts.tsx';
import { formatBytes, formatPixels, formatType } from '../../ui/format.ts';
import classes from './detail.module.css';

const simple = (value: unknown): string =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : typeof value === 'boolean' ? (value ? '✓' : '–') : String(value);

/** The file itself: original, what was prepared from it, how it is built. */
export function FileTab({ asset }: { asset: Asset }) {
  const t = useText();
  const probe = Object.entries(asset.probe).filter(([, value]) => value !== null && value !== undefined && value !== '');
  return (
    <>
      <h2 className={classes.heading}>{t.file.original}</h2>
      <Facts>
        <Fact label={t.file.received} value={asset.originalName} />
        <Fact label={t.detail.type} value={asset.mime} />
        <Fact label={t.detail.size} value={formatBytes(asset.bytes)} />
        <Fact label={t.file.versions} value={`${t.file.version(asset.version)} (${t.file.current})`} />
        <Fact
          label={t.file.hash}
          value={
            <span className={classes.code}>
              {asset.sha256} <CopyButton text={asset.sha256} label={t.app.copy} />
            </span>
          }
        />
        <Fact
          label={t.file.id}
          value={
            <span className={classes.code}>
              {asset.id} <CopyButton text={asset.id} label={t.app.copy} />
            </span>
          }
        />
      </Facts>
      <h2 className={classes.heading}>{t.file.renditions}</h2>
      {asset.renditions.length === 0 && <p className={classes.small}>{t.file.noRenditions}</p>}
      <ul className={classes.renditions}>
        {asset.renditions.map((rendition, index) => (
          <li key={`${rendition.name}${index}`}>
            <span>{rendition.name ? (t.file.rendition[rendition.name] ?? rendition.name) : t.file.onDemand}</span>
            <span className={classes.small}>
              {formatType(rendition.mime, '')} · {formatPixels(rendition.width, rendition.height)} · {formatBytes(rendition.bytes)}
            </span>
          </li>
        ))}
      </ul>
      {probe.length > 0 && (
        <>
          <h2 className={classes.heading}>{t.file.probe}</h2>
          <Facts>
            {probe.map(([key, value]) => (
              <Fact key={key} label={t.file.probes[key] ?? key} value={simple(value)} />
            ))}
          </Facts>
        </>
      )}
    </>
  );
}
