import { Button, ColorInput, Collapse, NumberInput, Select, SegmentedControl, Slider, Stack } from '@mantine/core';
import { IconAdjustments } from '@tabler/icons-react';
import { useState } from 'react';
import { useText } from '../../messages/index.tsx';
import classes from './delivery.module.css';
import { crops, DEFAULT_QUALITY, fitMatters, focusMatters, type Recipe } from './delivery-url.ts';

const PLACES = ['top_left', 'top', 'top_right', 'left', 'center', 'right', 'bottom_left', 'bottom', 'bottom_right'] as const;
const MAX_PX = 16_384;

const toPx = (value: string | number): number | null => (typeof value === 'number' && value >= 1 ? Math.round(value) : null);

interface Props {
  recipe: Recipe;
  originalWidth: number | null;
  onChange(part: Partial<Recipe>): void;
}

/** Size, crop, format, quality and a few effects. */
export function RecipeForm({ recipe, originalWidth, onChange }: Props) {
  const t = useText();
  const [more, setMore] = useState(false);
  const enlarged = originalWidth !== null && (recipe.width ?? 0) > originalWidth;
  return (
    <Stack gap="sm">
      <div className={classes.sizes}>
        <NumberInput
          label={t.delivery.width}
          placeholder={t.delivery.auto}
          value={recipe.width ?? ''}
          min={1}
          max={MAX_PX}
          hideControls
          allowDecimal={false}
          suffix=" px"
          onChange={(value) => onChange({ width: toPx(value) })}
        />
        <span aria-hidden="true">×</span>
        <NumberInput
          label={t.delivery.height}
          placeholder={t.delivery.auto}
          value={recipe.height ?? ''}
          min={1}
          max={MAX_PX}
          hideControls
          allowDecimal={false}
          suffix=" px"
          onChange={(value) => onChange({ height: toPx(value) })}
        />
      </div>
      {fitMatters(recipe) ? (
        <div className={classes.fit}>
          <Select
            label={t.delivery.fit}
            data={Object.entries(t.delivery.fits).map(([value, label]) => ({ value, label }))}
            value={recipe.fit}
            allowDeselect={false}
            onChange={(value) => value && onChange({ fit: value as Recipe['fit'] })}
          />
          {focusMatters(recipe) && (
            <div>
              <div className={classes.label}>{t.delivery.focus}</div>
              <div className={classes.focus}>
                <div className={classes.places} role="radiogroup" aria-label={t.delivery.focus}>
                  {PLACES.map((place) => (
                    <button
                      key={place}
                      type="button"
                      role="radio"
                      aria-checked={recipe.focus === place}
                      aria-label={t.delivery.focusAt[place]}
                      title={t.delivery.focusAt[place]}
                      className={classes.place}
                      onClick={() => onChange({ focus: place })}
                    />
                  ))}
                </div>
                {recipe.fit === 'maintain_ratio' && (
                  <Button
                    size="compact-xs"
                    variant={recipe.focus === 'auto' ? 'filled' : 'default'}
                    aria-pressed={recipe.focus === 'auto'}
                    onClick={() => onChange({ focus: 'auto' })}
                  >
                    {t.delivery.focusAt.auto}
                  </Button>
                )}
                {crops(recipe) && (
                  <Button
                    size="compact-xs"
                    variant={recipe.focus === 'custom' ? 'filled' : 'default'}
                    aria-pressed={recipe.focus === 'custom'}
                    onClick={() => onChange({ focus: 'custom' })}
                  >
                    {t.delivery.focusAt.custom}
                  </Button>
                )}
              </div>
            </div>
          )}
          {recipe.fit === 'pad' && (
            <ColorInput
              label={t.delivery.background}
              value={recipe.background}
              format="hex"
              eyeDropperButtonProps={{ 'aria-label': t.delivery.pickColour }}
              onChange={(value) => /^#[\da-f]{6}$/i.test(value) && onChange({ background: value })}
            />
          )}
        </div>
      ) : (
        <p className={classes.hint}>{t.delivery.lock}</p>
      )}
      {enlarged && <p className={classes.warning}>{t.delivery.enlarged(originalWidth)}</p>}
      <div>
        <div className={classes.label}>{t.delivery.format}</div>
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label={t.delivery.format}
          value={recipe.format}
          onChange={(value) => onChange({ format: value as Recipe['format'] })}
          data={['auto', 'avif', 'webp', 'jpg', 'png'].map((value) => ({ value, label: t.delivery.formats[value] ?? value }))}
        />
      </div>
      {recipe.format === 'auto' && <p className={classes.hint}>{t.delivery.formatHint}</p>}
      <div>
        <div className={classes.row}>
          <span className={classes.label}>{t.delivery.quality}</span>
          <span className={`${classes.hint} numbers`}>{recipe.quality}</span>
        </div>
        <Slider
          thumbLabel={t.delivery.quality}
          value={recipe.quality}
          min={20}
          max={100}
          label={null}
          marks={[{ value: DEFAULT_QUALITY }]}
          onChange={(quality) => onChange({ quality })}
        />
      </div>
      <Button
        size="compact-sm"
        variant="subtle"
        leftSection={<IconAdjustments size={15} aria-hidden />}
        aria-expanded={more}
        onClick={() => setMore(!more)}
        style={{ alignSelf: 'flex-start' }}
      >
        {t.delivery.more}
      </Button>
      <Collapse expanded={more}>
        <Stack gap="sm">
          <div>
            <div className={classes.label}>{t.delivery.rotate}</div>
            <SegmentedControl
              size="xs"
              fullWidth
              aria-label={t.delivery.rotate}
              value={String(recipe.rotate)}
              onChange={(value) => onChange({ rotate: Number(value) })}
              data={['0', '90', '180', '270'].map((value) => ({ value, label: `${value}°` }))}
            />
          </div>
          <div>
            <div className={classes.label}>{t.delivery.flip}</div>
            <SegmentedControl
              size="xs"
              fullWidth
              aria-label={t.delivery.flip}
              value={recipe.flip}
              onChange={(value) => onChange({ flip: value as Recipe['flip'] })}
              data={Object.entries(t.delivery.flips).map(([value, label]) => ({ value, label }))}
            />
          </div>
          <div>
            <div className={classes.label}>{t.delivery.blur}</div>
            <Slider
              thumbLabel={t.delivery.blur}
              value={recipe.blur}
              min={0}
              max={100}
              label={null}
              onChange={(blur) => onChange({ blur })}
            />
          </div>
        </Stack>
      </Collapse>
    </Stack>
  );
}
