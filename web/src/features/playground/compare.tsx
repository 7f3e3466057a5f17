import { Loader } from '@mantine/core';
import { useState } from 'react';
import { useText } from '../../messages/index.tsx';
import { formatPercent } from '../../ui/format.ts';
import classes from './compare.module.css';

interface Props {
  /** Addresses of pictures. */
  readonly before: string | null;
  readonly after: string | undefined;
  readonly alpha: boolean;
  readonly busy: boolean;
  readonly alt: string;
}

/** The original at the left of a line, the result at its right; the line moves by pointer and keys. Without a result all of the original. */
export function Compare({ before, after, alpha, busy, alt }: Props) {
  const t = useText();
  const [at, setAt] = useState(50);
  // The thumb of a range stays inside: its middle goes from half its width to half its width before the end.
  const line = `calc(var(--thumb) / 2 + (100% - var(--thumb)) * ${at / 100})`;
  return (
    <div className={`${classes.stage} ${alpha ? 'checkerboard' : ''}`} data-testid="compare">
      {before && (
        <img
          className={classes.picture}
          src={before}
          alt={t.playground.original}
          style={after ? { clipPath: `inset(0 calc(100% - ${line}) 0 0)` } : undefined}
        />
      )}
      {after && <img className={classes.picture} src={after} alt={alt} style={{ clipPath: `inset(0 0 0 ${line})` }} />}
      {before && after && (
        <>
          <span className={classes.line} style={{ left: line }} aria-hidden />
          <span className={classes.label} data-side="before" aria-hidden>
            {t.playground.original}
          </span>
          <span className={classes.label} data-side="after" aria-hidden>
            {t.playground.result}
          </span>
          <input
            className={classes.range}
            type="range"
            min={0}
            max={100}
            value={at}
            aria-label={t.playground.slider}
            aria-valuetext={t.playground.sliderAt(formatPercent(at / 100))}
            onChange={(event) => setAt(Number(event.currentTarget.value))}
          />
        </>
      )}
      {busy && <Loader className={classes.loader} size="sm" color="white" aria-label={t.delivery.loading} />}
    </div>
  );
}
