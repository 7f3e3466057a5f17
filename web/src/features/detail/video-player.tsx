import { ActionIcon, Button, Progress, SegmentedControl } from '@mantine/core';
import { IconPlayerSkipBack, IconPlayerSkipForward } from '@tabler/icons-react';
import { useRef } from 'react';
import type { Asset } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { formatPercent } from '../../ui/format.ts';
import classes from './canvas.module.css';
import { type Ladder, useLadder } from './use-ladder.ts';

/** Used where the file does not say how many frames a second has. */
const FRAMES_PER_SECOND = 25;

/** The web clip at once; the streaming ladder, with its qualities, when somebody wants it. */
export function VideoPlayer({ asset, clip }: { asset: Asset; clip: string }) {
  const t = useText();
  const video = useRef<HTMLVideoElement>(null);
  const { ladder, start, choose } = useLadder(asset.urls.transform, clip, video);
  const rate = typeof asset.probe.frameRate === 'number' ? asset.probe.frameRate : FRAMES_PER_SECOND;
  const step = (frames: number) => {
    const player = video.current;
    if (!player) return;
    player.pause();
    player.currentTime = Math.max(0, player.currentTime + frames / rate);
  };
  return (
    <div className={classes.canvas}>
      <div className={classes.media}>
        <video
          ref={video}
          src={clip}
          poster={asset.urls.preview ?? undefined}
          controls
          playsInline
          preload="metadata"
          aria-label={asset.name}
        />
        <div className={classes.frames}>
          <ActionIcon variant="filled" bg="rgba(32,29,27,.88)" c="white" aria-label={t.detail.frameBack} onClick={() => step(-1)}>
            <IconPlayerSkipBack size={16} aria-hidden />
          </ActionIcon>
          <ActionIcon variant="filled" bg="rgba(32,29,27,.88)" c="white" aria-label={t.detail.frameForward} onClick={() => step(1)}>
            <IconPlayerSkipForward size={16} aria-hidden />
          </ActionIcon>
          {asset.urls.transform && <Qualities ladder={ladder} start={() => void start()} choose={choose} />}
        </div>
      </div>
    </div>
  );
}

function Qualities({ ladder, start, choose }: { ladder: Ladder; start: () => void; choose: (level: number) => void }) {
  const t = useText();
  if (ladder.state === 'playing') {
    return (
      <SegmentedControl
        size="xs"
        aria-label={t.detail.quality}
        value={String(ladder.level)}
        onChange={(value) => choose(Number(value))}
        data={[
          { value: '-1', label: t.detail.qualityAuto },
          ...ladder.heights.map((height, level) => ({ value: String(level), label: `${height}p` })),
        ]}
      />
    );
  }
  if (ladder.state === 'preparing') {
    return (
      <div className={classes.preparing}>
        <span role="status">{t.detail.preparingStream}</span>
        {/* Outside of what is read out: it changes each second, and the bar says it to whoever asks. */}
        <span className="numbers" aria-hidden>
          {formatPercent(ladder.progress)}
        </span>
        <Progress value={ladder.progress * 100} size="xs" w={120} aria-label={t.detail.preparingStream} />
      </div>
    );
  }
  return (
    <>
      <Button size="compact-sm" variant="filled" bg="rgba(32,29,27,.88)" c="white" onClick={start}>
        {t.detail.stream}
      </Button>
      {ladder.state === 'failed' && (
        <span className={classes.preparing} role="alert">
          {(ladder.code && t.detail.streamRefusals[ladder.code]) ?? t.detail.streamFailed}
        </span>
      )}
    </>
  );
}
