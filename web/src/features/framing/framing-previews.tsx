import type { Asset } from '../../api/types.ts';
import { useText } from '../../messages/index.tsx';
import { customCut, type Framing, type Size } from './framing.ts';
import classes from './framing.module.css';
import type { FramingEditor } from './use-framing.ts';

/** Typical cuts; sizes in px, twice what is shown. */
const CUTS = [
  { name: '1:1', width: 240, height: 240 },
  { name: '4:5', width: 240, height: 300 },
  { name: '16:9', width: 480, height: 270 },
] as const;

const percent = (value: number) => `${value * 100}%`;

/** What pages get with `fo-custom`: while drawing as the browser cuts it, once saved as delivery makes it. */
export function FramingPreviews({ asset, editor: { framing, size, dirty } }: { asset: Asset; editor: FramingEditor }) {
  const t = useText();
  const { transform, preview } = asset.urls;
  const real = !dirty && transform !== null;
  return (
    <section aria-label={t.framing.previews}>
      <h2 className={classes.heading}>
        {t.framing.previews} <span>{real ? t.framing.delivered : t.framing.drawn}</span>
      </h2>
      <div className={classes.previews}>
        {CUTS.map(({ name, width, height }) => (
          <figure key={name} style={{ flexGrow: width / height }}>
            <div className={`${classes.preview} ${asset.hasAlpha ? 'checkerboard' : ''}`} style={{ aspectRatio: `${width} / ${height}` }}>
              {real ? (
                // A row version in the address: the browser keeps none of an earlier cut.
                <img
                  className={classes.real}
                  src={`${transform}&tr=w-${width},h-${height},fo-custom&v=${asset.rowVersion}`}
                  alt={t.framing.cut(name)}
                />
              ) : (
                preview && <Drawn src={preview} framing={framing} size={size} ratio={width / height} alt={t.framing.cut(name)} />
              )}
            </div>
            <figcaption>{name}</figcaption>
          </figure>
        ))}
      </div>
    </section>
  );
}

function Drawn({ src, framing, size, ratio, alt }: { src: string; framing: Framing; size: Size; ratio: number; alt: string }) {
  const cut = customCut(framing, ratio, size);
  const style = {
    width: percent(1 / cut.width),
    height: percent(1 / cut.height),
    left: percent(-cut.x / cut.width),
    top: percent(-cut.y / cut.height),
  };
  return <img className={classes.drawn} src={src} alt={alt} style={style} />;
}
