import { IconAlertTriangle } from '@tabler/icons-react';
import { useState } from 'react';
import type { AssetItem } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { formatType } from '../../ui/format.ts';
import { guessKind, KindIcon } from '../../ui/kind-icon.tsx';
import { thumbhashUrl } from '../../ui/thumbhash.ts';
import classes from './thumbnail.module.css';

/** Wider places than this (device px) get the preview: the thumbnail would look soft. */
const THUMBNAIL_PX = 520;

interface Props {
  item: AssetItem;
  /** Width it is shown at, CSS px. */
  width: number;
  fit?: 'cover' | 'contain';
  /** Loads before others: pictures that are seen first. */
  eager?: boolean;
}

/** The picture of an asset: first its few-pixel hash, then the thumbnail; a sign where there is none. Fills its parent. */
export function Thumbnail({ item, width, fit = 'cover', eager = false }: Props) {
  const t = useText();
  // By address: another picture of the same asset (a new version, a preview that has been made) gets its own try.
  const [loadedUrl, setLoaded] = useState<string | null>(null);
  const [brokenUrl, setBroken] = useState<string | null>(null);
  const large = width * (globalThis.devicePixelRatio || 1) > THUMBNAIL_PX;
  const url = (large ? item.urls.preview : null) ?? item.urls.thumbnail ?? item.urls.preview;
  const loaded = url !== null && loadedUrl === url;
  const hash = thumbhashUrl(item.thumbhash);
  const pending = item.status === 'processing';
  if (!url || brokenUrl === url) {
    const failed = item.status === 'failed' || item.status === 'quarantined' || item.preview.state === 'failed';
    return (
      <span className={classes.sign} data-pending={pending || undefined} data-small={width < 80 || undefined}>
        {hash && <img className={classes.hash} src={hash} alt="" draggable={false} />}
        {failed ? (
          <IconAlertTriangle size={width < 80 ? 18 : 28} stroke={1.5} aria-hidden />
        ) : (
          <KindIcon kind={pending ? guessKind(item.name) : item.kind} size={width < 80 ? 18 : 32} stroke={1.3} />
        )}
        {width >= 80 && <span className={classes.type} data-text={pending ? t.library.processing : formatType(item.mime, item.name)} />}
      </span>
    );
  }
  const alpha = item.hasAlpha && loaded;
  return (
    <span className={`${classes.picture} ${alpha ? 'checkerboard' : ''}`}>
      {hash && !alpha && !(loaded && fit === 'contain') && <img className={classes.hash} src={hash} alt="" draggable={false} />}
      <img
        key={url}
        className={classes.image}
        data-loaded={loaded || undefined}
        data-fit={fit}
        src={url}
        alt=""
        draggable={false}
        decoding="async"
        loading={eager ? 'eager' : 'lazy'}
        fetchPriority={eager ? 'high' : 'auto'}
        onLoad={() => setLoaded(url)}
        onError={() => setBroken(url)}
      />
    </span>
  );
}
