import { type PointerEvent as ReactPointerEvent, type RefObject, useRef, useState } from 'react';
import { selection } from '../selection.ts';

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const START_PX = 5;

/**
 * Selecting with a frame drawn over empty space. `inside` gives the ids whose pictures touch a box; boxes are in
 * the coordinates of `canvas`.
 */
export function useRubberBand(canvas: RefObject<HTMLDivElement | null>, inside: (box: Box) => string[]) {
  const [band, setBand] = useState<Box | null>(null);
  const start = useRef<{ x: number; y: number; keep: ReadonlySet<string> } | null>(null);

  const place = (event: ReactPointerEvent) => {
    const origin = canvas.current?.getBoundingClientRect();
    return { x: event.clientX - (origin?.left ?? 0), y: event.clientY - (origin?.top ?? 0) };
  };
  return {
    band,
    onPointerDown(event: ReactPointerEvent<HTMLDivElement>) {
      const target = event.target as HTMLElement;
      if (event.button !== 0 || event.pointerType === 'touch' || target.closest('[data-asset],button,a')) return;
      // A press on the scroll bar is not on the content.
      if (event.nativeEvent.offsetX > event.currentTarget.clientWidth) return;
      const keep = event.shiftKey || event.ctrlKey || event.metaKey ? selection.get().ids : new Set<string>();
      start.current = { ...place(event), keep };
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove(event: ReactPointerEvent<HTMLDivElement>) {
      const from = start.current;
      if (!from) return;
      const to = place(event);
      const box = {
        left: Math.min(from.x, to.x),
        top: Math.min(from.y, to.y),
        width: Math.abs(to.x - from.x),
        height: Math.abs(to.y - from.y),
      };
      if (!band && box.width + box.height < START_PX) return;
      setBand(box);
      selection.set((old) => ({ ...old, ids: new Set([...from.keep, ...inside(box)]) }));
    },
    onPointerUp() {
      if (start.current && !band && start.current.keep.size === 0) selection.set((old) => ({ ...old, ids: new Set() }));
      start.current = null;
      setBand(null);
    },
  };
}
