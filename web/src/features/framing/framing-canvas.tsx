import { useElementSize } from '@mantine/hooks';
import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import type { Asset } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { formatPercent } from '../../ui/format.ts';
import canvas from '../detail/canvas.module.css';
import { type Box, type Handle, middleOf, movePoint, moveBox, pointAt, resizeBox, toPx, WHOLE } from './framing.ts';
import classes from './framing.module.css';
import type { FramingEditor } from './use-framing.ts';

/** Room for the handles around the picture, CSS px. */
const MARGIN = 28;
const LARGEST = 4;
const STEP = 0.01;
const BIG_STEP = 0.1;

const HANDLES: readonly (Handle & { name: string })[] = [
  { name: 'top_left', h: -1, v: -1 },
  { name: 'top', h: 0, v: -1 },
  { name: 'top_right', h: 1, v: -1 },
  { name: 'left', h: -1, v: 0 },
  { name: 'right', h: 1, v: 0 },
  { name: 'bottom_left', h: -1, v: 1 },
  { name: 'bottom', h: 0, v: 1 },
  { name: 'bottom_right', h: 1, v: 1 },
];

const ARROWS: Record<string, readonly [x: number, y: number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

const percent = (value: number) => `${value * 100}%`;
const placed = ({ x, y, width, height }: Box) => ({ left: percent(x), top: percent(y), width: percent(width), height: percent(height) });

let gestures = 0;

/** What an element of the editor does when it is dragged or moved by arrow keys; both in fractions of the picture. */
function useGesture(scale: () => DOMRect | undefined) {
  const drag = useRef<{ x: number; y: number; name: string; move(dx: number, dy: number, name: string): void } | null>(null);
  return (begin: () => (dx: number, dy: number, name: string) => void, key: string) => ({
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      if (event.button !== 0) return;
      event.stopPropagation();
      event.currentTarget.setPointerCapture(event.pointerId);
      drag.current = { x: event.clientX, y: event.clientY, name: `drag ${++gestures}`, move: begin() };
    },
    onPointerMove: (event: PointerEvent<HTMLElement>) => {
      const [from, box] = [drag.current, scale()];
      if (!from || !box) return;
      from.move((event.clientX - from.x) / box.width, (event.clientY - from.y) / box.height, from.name);
    },
    onPointerUp: () => {
      drag.current = null;
    },
    onPointerCancel: () => {
      drag.current = null;
    },
    onKeyDown: (event: KeyboardEvent<HTMLElement>) => {
      const arrow = ARROWS[event.key];
      if (!arrow || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      const by = event.shiftKey ? BIG_STEP : STEP;
      begin()(arrow[0] * by, arrow[1] * by, `key ${key}`);
    },
  });
}

/** The picture with its focal point and crop, to be drawn by pointer or keys. */
export function FramingCanvas({ asset, editor }: { asset: Asset; editor: FramingEditor }) {
  const t = useText();
  const { ref: sizer, width, height } = useElementSize<HTMLDivElement>();
  const picture = useRef<HTMLDivElement>(null);
  const bounds = () => picture.current?.getBoundingClientRect();
  const gesture = useGesture(bounds);
  const { size, framing, tool, ratio, change } = editor;
  const box = framing.box ?? WHOLE;
  const point = framing.point ?? middleOf(box);
  const scale = Math.max(0, Math.min(LARGEST, (width - 2 * MARGIN) / size.width, (height - 2 * MARGIN) / size.height));

  const pointFrom = (event: PointerEvent) => {
    const at = bounds();
    return at && pointAt((event.clientX - at.left) / at.width, (event.clientY - at.top) / at.height);
  };
  const pointGesture = gesture(() => (dx, dy, name) => change({ point: movePoint(point, dx, dy) }, name), 'point');
  const boxGesture = gesture(() => (dx, dy, name) => change({ box: moveBox(framing.box, dx, dy) }, name), 'box');
  const px = toPx(box, size);
  return (
    <div className={canvas.canvas} ref={sizer} role="group" aria-label={t.framing.canvas}>
      <div
        ref={picture}
        className={`${classes.picture} ${asset.hasAlpha ? 'checkerboard' : ''}`}
        data-tool={tool}
        data-testid="framing-picture"
        style={{ width: size.width * scale, height: size.height * scale }}
        onPointerDown={(event) => {
          // A click anywhere puts the point there, and holds it.
          const at = tool === 'point' && event.button === 0 ? pointFrom(event) : null;
          if (!at) return;
          change({ point: at }, `drag ${++gestures}`);
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={(event) => {
          const held = tool === 'point' && event.currentTarget.hasPointerCapture(event.pointerId);
          const at = held ? pointFrom(event) : null;
          if (at) change({ point: at }, `drag ${gestures}`);
        }}
      >
        {asset.urls.preview && <img src={asset.urls.preview} alt={asset.title ?? asset.name} draggable={false} />}
        <div className={classes.shade}>
          <div className={classes.cut} style={placed(box)} data-whole={framing.box === null || undefined} />
        </div>
        {tool === 'crop' && (
          <div className={classes.box} style={placed(box)}>
            <button
              type="button"
              className={classes.inside}
              aria-label={t.framing.cropAt(px.wide, px.high, px.left, px.top)}
              aria-describedby="framing-keys"
              {...boxGesture}
            />
            {HANDLES.map(({ name, h, v }) => (
              <button
                key={name}
                type="button"
                className={classes.handle}
                data-at={name}
                aria-label={t.delivery.focusAt[name]}
                aria-describedby="framing-keys"
                style={{ left: percent((h + 1) / 2), top: percent((v + 1) / 2) }}
                {...gesture(() => (dx, dy, what) => change({ box: resizeBox(framing.box, { h, v }, dx, dy, ratio, size) }, what), name)}
              />
            ))}
          </div>
        )}
        {(tool === 'point' || framing.point) && (
          <button
            type="button"
            className={classes.point}
            data-set={framing.point !== null || undefined}
            disabled={tool !== 'point'}
            style={{ left: percent(point.x), top: percent(point.y) }}
            aria-label={framing.point ? t.framing.pointAt(formatPercent(point.x), formatPercent(point.y)) : t.framing.noPoint}
            aria-describedby="framing-keys"
            {...pointGesture}
          />
        )}
      </div>
    </div>
  );
}
