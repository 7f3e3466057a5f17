import { Skeleton } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useText } from '../../messages/index.tsx';
import { useStore } from '../../ui/store.ts';
import { justify } from './grid/justified.ts';
import classes from './library-view.module.css';
import { density, tileSize } from './preferences.ts';

/** Shapes as photos have them, so that the first paint looks like what comes. */
const SHAPES = [
  1.5, 1.33, 0.75, 1.78, 1.5, 1, 1.5, 0.67, 1.33, 1.5, 1.78, 1.33, 0.8, 1.5, 1.5, 1.33, 1.5, 0.75, 1.33, 1.6, 1.5, 1, 1.5, 1.33,
];

/** What stands there until the first results come. */
export function GridSkeleton({ list }: { list: boolean }) {
  const t = useText();
  const { ref, width } = useElementSize();
  const target = Number(useStore(tileSize));
  const caption = useStore(density) === 'comfortable' ? 28 : 0;
  if (list) {
    return (
      <div className={classes.skeleton} role="status" aria-label={t.app.loading}>
        {SHAPES.slice(0, 14).map((_shape, index) => (
          <Skeleton key={index} height={40} mt={10} />
        ))}
      </div>
    );
  }
  const rows =
    width > 0 ? justify([...SHAPES, ...SHAPES], width, Math.min(target, width < 500 ? width / 2.6 : target), 10).slice(0, 4) : [];
  return (
    <div className={classes.skeleton} role="status" aria-label={t.app.loading}>
      <div ref={ref}>
        {rows.map((row) => (
          <div key={row.start} style={{ position: 'relative', height: row.height + caption + 10 }}>
            {row.lefts.map((left, place) => (
              <Skeleton key={left} height={row.height} width={row.widths[place]!} style={{ position: 'absolute', left }} />
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}
