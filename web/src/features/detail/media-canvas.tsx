import { Button } from '@mantine/core';
import type { Asset } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { KindIcon } from '../../ui/kind-icon.tsx';
import { runBulk } from '../jobs/run-bulk.tsx';
import classes from './canvas.module.css';
import { PictureCanvas } from './picture-canvas.tsx';
import { VideoPlayer } from './video-player.tsx';

/** What fits the kind of file: a picture to zoom, a player, a page, or why there is nothing to see. */
export function MediaCanvas({ asset }: { asset: Asset }) {
  const { clip } = asset.preview;
  if (asset.status === 'ready' && asset.kind === 'video' && clip) return <VideoPlayer asset={asset} clip={clip} />;
  if (asset.status === 'ready' && asset.kind === 'audio') return <AudioPlayer asset={asset} />;
  if (asset.urls.preview) return <Picture asset={asset} />;
  return <NoPreview asset={asset} />;
}

function Picture({ asset }: { asset: Asset }) {
  const t = useText();
  return (
    <div style={{ position: 'relative', display: 'flex', flex: 1, minHeight: 0 }}>
      <PictureCanvas asset={asset} />
      {asset.pages !== null && asset.pages > 0 && asset.kind === 'document' && (
        <span className={classes.pages}>{t.detail.pages(asset.pages)}</span>
      )}
    </div>
  );
}

function AudioPlayer({ asset }: { asset: Asset }) {
  return (
    <div className={classes.canvas}>
      <div className={classes.media}>
        {asset.urls.preview ? (
          <img className={classes.wave} src={asset.urls.preview} alt="" />
        ) : (
          <KindIcon kind="audio" size={56} stroke={1.2} />
        )}
        <audio src={asset.preview.clip ?? asset.urls.original} controls preload="metadata" aria-label={asset.name} />
      </div>
    </div>
  );
}

function NoPreview({ asset }: { asset: Asset }) {
  const t = useText();
  const { state, reason, detail } = asset.preview;
  const pending = asset.status === 'processing' || state === 'pending';
  const bad = asset.status === 'failed' || asset.status === 'quarantined' || state === 'failed';
  const why = asset.failure?.detail ?? (reason && t.values.previewReason[reason]) ?? null;
  return (
    <div className={classes.canvas}>
      <div className={classes.media}>
        <div className={classes.message} role={pending ? 'status' : undefined}>
          <KindIcon kind={asset.kind} size={56} stroke={1.2} />
          <h2>{pending ? t.detail.pendingPreview : bad ? t.detail.failedPreview : t.detail.noPreview}</h2>
          {!pending && why && <p>{why}</p>}
          {!pending && detail && detail !== why && <p>{detail}</p>}
          {bad && asset.verbs.includes('edit') && (
            <Button variant="white" color="dark" onClick={() => void runBulk({ action: 'retry', ids: [asset.id] }, t)}>
              {t.detail.retry}
            </Button>
          )}
        </div>
      </div>
    </div>
  );
}
