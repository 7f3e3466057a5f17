import { ActionIcon, Button } from '@mantine/core';
import { useElementSize, useHotkeys } from '@mantine/hooks';
import { IconMinus, IconPlus } from '@tabler/icons-react';
import { type PointerEvent, useEffect, useRef, useState } from 'react';
import type { Asset } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { formatPercent } from '../../ui/format.ts';
import { thumbhashUrl } from '../../ui/thumbhash.ts';
import classes from './canvas.module.css';
import { originalPicture } from './original-picture.ts';
import { actualScale, bound, FITTED, fitScale, type Size, type View, zoomAt } from './zoom.ts';

const STEP = 1.4;

/** A picture to look at closely: wheel or pinch zooms where the pointer is, dragging moves, double click is 100 %. */
export function PictureCanvas({ asset }: { asset: Asset }) {
  const t = useText();
  const { ref: sizer, width, height } = useElementSize<HTMLDivElement>();
  const stage = useRef<HTMLDivElement>(null);
  const [view, setView] = useState<View>(FITTED);
  const [loaded, setLoaded] = useState(false);
  const [preview, setPreview] = useState<Size | null>(null);
  const pointers = useRef(new Map<number, { x: number; y: number }>());

  const frame: Size = { width, height };
  const picture: Size =
    asset.width && asset.height ? { width: asset.width, height: asset.height } : (preview ?? { width: 1600, height: 1200 });
  const fit = width > 0 ? fitScale(picture, frame) : 1;
  const ratio = globalThis.devicePixelRatio || 1;
  const shownWidth = picture.width * fit * view.scale;
  // The original stands in when the preview gets too coarse.
  const mayOriginal = originalPicture(asset) !== null;
  const coarse = preview !== null && shownWidth * ratio > preview.width * 1.15 && picture.width > preview.width;
  const [original, setOriginal] = useState(false);
  useEffect(() => {
    if (coarse && mayOriginal) setOriginal(true);
  }, [coarse, mayOriginal]);

  const zoom = (factor: number, point = { x: 0, y: 0 }) => setView((old) => zoomAt(old, factor, point, picture, frame));
  const actual = () => setView((old) => bound({ ...old, scale: actualScale(picture, frame, ratio) }, picture, frame));
  useHotkeys([
    // Mantine splits at the plus sign, so the key has a name; on many keyboards it needs Shift.
    ['[plus]', () => zoom(STEP)],
    ['shift+[plus]', () => zoom(STEP)],
    ['=', () => zoom(STEP)],
    ['-', () => zoom(1 / STEP)],
    ['0', () => setView(FITTED)],
    ['1', actual],
  ]);

  const fromMiddle = (event: { clientX: number; clientY: number }) => {
    const box = stage.current!.getBoundingClientRect();
    return { x: event.clientX - box.left - box.width / 2, y: event.clientY - box.top - box.height / 2 };
  };
  const wheel = useRef<(event: WheelEvent) => void>(undefined);
  wheel.current = (event) => {
    event.preventDefault();
    const speed = event.ctrlKey ? 0.01 : 0.0022;
    zoom(Math.exp(-event.deltaY * speed), fromMiddle(event));
  };
  useEffect(() => {
    const element = stage.current;
    const onWheel = (event: WheelEvent) => wheel.current?.(event);
    // React's wheel listeners are passive: the page would scroll too.
    element?.addEventListener('wheel', onWheel, { passive: false });
    return () => element?.removeEventListener('wheel', onWheel);
  }, []);

  const move = (event: PointerEvent) => {
    const before = pointers.current.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    const others = [...pointers.current].filter(([id]) => id !== event.pointerId).map(([, place]) => place);
    pointers.current.set(event.pointerId, now);
    const [other] = others;
    if (other) {
      const distance = (place: { x: number; y: number }) => Math.hypot(place.x - other.x, place.y - other.y) || 1;
      zoom(distance(now) / distance(before), fromMiddle({ clientX: (now.x + other.x) / 2, clientY: (now.y + other.y) / 2 }));
    } else setView((old) => bound({ ...old, x: old.x + now.x - before.x, y: old.y + now.y - before.y }, picture, frame));
  };
  const up = (event: PointerEvent) => void pointers.current.delete(event.pointerId);

  const hash = thumbhashUrl(asset.thumbhash);
  const style = {
    width: picture.width * fit,
    height: picture.height * fit,
    transform: `translate(-50%, -50%) translate(${view.x}px, ${view.y}px) scale(${view.scale})`,
  };
  return (
    <div className={classes.canvas} ref={sizer}>
      <div
        ref={stage}
        className={classes.stage}
        role="img"
        aria-label={`${asset.title ?? asset.name}. ${t.detail.canvas}`}
        data-moved={view.scale > 1 || undefined}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          pointers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
        }}
        onPointerMove={move}
        onPointerUp={up}
        onPointerCancel={up}
        onDoubleClick={(event) => {
          if (view.scale !== 1) setView(FITTED);
          else zoom(Math.max(2, actualScale(picture, frame, ratio)), fromMiddle(event));
        }}
      >
        <div className={`${classes.picture} ${asset.hasAlpha ? 'checkerboard' : ''}`} style={style}>
          {hash && !asset.hasAlpha && !loaded && <img className={classes.hash} src={hash} alt="" draggable={false} />}
          {asset.urls.preview && (
            <img
              src={asset.urls.preview}
              alt=""
              draggable={false}
              fetchPriority="high"
              data-loaded={loaded || undefined}
              onLoad={(event) => {
                setLoaded(true);
                setPreview({ width: event.currentTarget.naturalWidth, height: event.currentTarget.naturalHeight });
              }}
            />
          )}
          {original && <OriginalLayer key={asset.urls.original} url={asset.urls.original} sharp={shownWidth * ratio > picture.width * 2} />}
        </div>
      </div>
      <div className={classes.tools}>
        <ActionIcon c="inherit" aria-label={t.detail.zoomOut} onClick={() => zoom(1 / STEP)}>
          <IconMinus size={17} aria-hidden />
        </ActionIcon>
        <span className={`${classes.percent} numbers`} aria-live="polite">
          <span className={classes.hidden}>{t.detail.zoom} </span>
          {formatPercent(fit * view.scale * ratio)}
        </span>
        <ActionIcon c="inherit" aria-label={t.detail.zoomIn} onClick={() => zoom(STEP)}>
          <IconPlus size={17} aria-hidden />
        </ActionIcon>
        <Button size="compact-sm" variant="subtle" c="inherit" onClick={() => setView(FITTED)}>
          {t.detail.fit}
        </Button>
        <Button size="compact-sm" variant="subtle" c="inherit" onClick={actual}>
          {t.detail.actual}
        </Button>
      </div>
    </div>
  );
}

/** Lies over the preview once it is there; a failed one stays invisible. */
function OriginalLayer({ url, sharp }: { url: string; sharp: boolean }) {
  const [ready, setReady] = useState(false);
  return (
    <img
      className={classes.original}
      src={url}
      alt=""
      draggable={false}
      data-loaded={ready || undefined}
      style={sharp ? { imageRendering: 'pixelated' } : undefined}
      onLoad={() => setReady(true)}
      onError={() => setReady(false)}
    />
  );
}
