import { Stack } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { useText } from '../../messages/index.tsx';
import { ChoiceParam, ColourParam, SliderParam, SwitchParam, TextParam } from './fields.tsx';
import { readPicture, readWords } from './layer-text.ts';
import { PictureLayerForm, TextLayerForm } from './layer-forms.tsx';
import classes from './playground.module.css';
import { readParam, splitSteps, writeParam, writeParams } from './transformation-text.ts';

export interface FormProps {
  /** The transformation. */
  readonly text: string;
  onChange(text: string): void;
}

const LOOK = ['rt', 'fl', 'r', 'b', 'bg', 'bl', 'e-sharpen', 'e-grayscale', 'e-contrast', 'e-shadow', 't'];
const RATIOS = ['1-1', '4-5', '3-2', '4-3', '16-9', '9-16'];
/** Ways to fit that stand under `cm`; the others are those of `c`. */
const MODES: ReadonlySet<string> = new Set(['pad_resize', 'extract', 'pad_extract']);

/** Everyday parameters in groups. It reads the text and changes it in place: there is no other state. */
export function PlaygroundForm({ text, onChange }: FormProps) {
  const t = useText();
  const p = t.playground;
  const param = (key: string, label: string) => ({
    label,
    value: readParam(text, key),
    onChange: (value: string | null) => onChange(writeParam(text, key, value)),
  });
  const fit = {
    label: t.delivery.fit,
    value: readParam(text, 'cm') ?? readParam(text, 'c'),
    onChange: (value: string | null) =>
      onChange(writeParams(text, MODES.has(value ?? '') ? { c: null, cm: value } : { cm: null, c: value })),
  };
  const steps = splitSteps(text).length;
  const { auto, custom, ...places } = t.delivery.focusAt;
  const focuses = { ...places, auto, face: p.face, custom, 'auto-custom_override': p.customOrAuto } as Record<string, string>;
  return (
    <Stack gap={0}>
      <Group title={p.size} open>
        <div className={classes.pair}>
          <TextParam {...param('w', t.delivery.width)} placeholder={t.delivery.auto} />
          <TextParam {...param('h', t.delivery.height)} placeholder={t.delivery.auto} />
        </div>
        <ChoiceParam
          {...param('ar', p.ratio)}
          initial=""
          options={{ '': p.ratioFree, ...Object.fromEntries(RATIOS.map((each) => [each, each.replace('-', ':')])) }}
        />
        <ChoiceParam {...fit} initial="maintain_ratio" options={p.fits} />
        <ChoiceParam {...param('dpr', p.dpr)} initial="1" options={{ '1': '1', '2': '2', '3': '3', auto: t.delivery.auto }} />
      </Group>
      <Group title={p.focus} open>
        <ChoiceParam {...param('fo', t.delivery.focus)} initial="center" options={focuses} />
        <p className={classes.hint}>{p.focusHint}</p>
      </Group>
      <Group title={p.format} open>
        <ChoiceParam {...param('f', t.delivery.format)} initial="auto" options={t.delivery.formats} />
        <SliderParam {...param('q', t.delivery.quality)} min={1} max={100} initial={80} />
        <SwitchParam {...param('lo', p.lossless)} />
      </Group>
      <Group title={p.look} open={LOOK.some((key) => readParam(text, key) !== null)}>
        <ChoiceParam {...param('rt', t.delivery.rotate)} initial="0" options={{ '0': '0°', '90': '90°', '180': '180°', '270': '270°' }} />
        <ChoiceParam {...param('fl', t.delivery.flip)} initial="none" options={t.delivery.flips} />
        <TextParam {...param('r', p.radius)} placeholder="0" />
        <TextParam {...param('b', p.border)} placeholder="10_FFFFFF" />
        <ColourParam {...param('bg', t.delivery.background)} />
        <SliderParam {...param('bl', t.delivery.blur)} min={0} max={100} initial={0} />
        <SwitchParam {...param('e-sharpen', p.sharpen)} />
        <SwitchParam {...param('e-grayscale', p.grayscale)} />
        <SwitchParam {...param('e-contrast', p.contrast)} />
        <SwitchParam {...param('e-shadow', p.shadow)} />
        <SwitchParam {...param('t', p.trim)} />
      </Group>
      <Group title={p.textLayer} open={readWords(text) !== null}>
        <TextLayerForm text={text} onChange={onChange} />
      </Group>
      <Group title={p.imageLayer} open={readPicture(text) !== null}>
        <PictureLayerForm text={text} onChange={onChange} />
      </Group>
      {steps > 1 && <p className={classes.hint}>{p.steps(steps)}</p>}
    </Stack>
  );
}

/** @param open whether it is unfolded at first; then it is the person's matter */
function Group({ title, open, children }: { title: string; open: boolean; children: ReactNode }) {
  const [first] = useState(open);
  return (
    <details className={classes.group} open={first}>
      <summary>{title}</summary>
      <Stack gap="sm">{children}</Stack>
    </details>
  );
}
