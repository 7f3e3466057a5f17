import { NumberInput } from '@mantine/core';
import { useText } from '../../messages/index.tsx';
import { fromCoordinates, middleOf, pointAt, toPx, WHOLE } from './framing.ts';
import classes from './framing.module.css';
import type { FramingEditor } from './use-framing.ts';

const tenth = (value: number) => Math.round(value * 1000) / 10;

/** Where the focal point is, in percent. */
export function PointNumbers({ editor: { framing, change } }: { editor: FramingEditor }) {
  const t = useText();
  const { point, box } = framing;
  const start = point ?? middleOf(box ?? WHOLE);
  const input = (label: string, key: 'x' | 'y') => (
    <NumberInput
      label={label}
      value={point ? tenth(point[key]) : ''}
      placeholder={t.framing.none}
      min={0}
      max={100}
      step={1}
      decimalScale={1}
      suffix=" %"
      onChange={(value) => {
        if (typeof value !== 'number' || (point && tenth(point[key]) === value)) return;
        const next = { ...start, [key]: value / 100 };
        change({ point: pointAt(next.x, next.y) }, `number ${key}`);
      }}
    />
  );
  return (
    <div className={classes.numbers}>
      {input(t.framing.fromLeft, 'x')}
      {input(t.framing.fromTop, 'y')}
    </div>
  );
}

/** Where the crop is and how large, in px of the original. */
export function CropNumbers({ editor: { framing, size, change, setRatio } }: { editor: FramingEditor }) {
  const t = useText();
  const px = toPx(framing.box ?? WHOLE, size);
  const input = (label: string, key: keyof typeof px, most: number) => (
    <NumberInput
      label={label}
      value={px[key]}
      min={key === 'wide' || key === 'high' ? 1 : 0}
      max={most}
      clampBehavior="blur"
      allowDecimal={false}
      suffix=" px"
      hideControls
      onChange={(value) => {
        if (typeof value !== 'number' || value === px[key] || value > most) return;
        const next = { ...px, [key]: value };
        // What no longer fits beside it gives way.
        const wide = Math.max(1, Math.min(next.wide, size.width - next.left));
        const high = Math.max(1, Math.min(next.high, size.height - next.top));
        setRatio(null);
        change({ box: fromCoordinates([next.left, next.top, wide, high].join(','), size) }, `number ${key}`);
      }}
    />
  );
  return (
    <div className={classes.numbers}>
      {input(t.framing.fromLeft, 'left', size.width - 1)}
      {input(t.framing.fromTop, 'top', size.height - 1)}
      {input(t.delivery.width, 'wide', size.width)}
      {input(t.delivery.height, 'high', size.height)}
    </div>
  );
}
