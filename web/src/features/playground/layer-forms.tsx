import { TextInput } from '@mantine/core';
import { useText } from '../../messages/index.tsx';
import { ChoiceParam, ColourParam, TextParam } from './fields.tsx';
import { type LayerKind, readLayerParam, readPicture, readWords, writeLayerParam, writePicture, writeWords } from './layer-text.ts';
import classes from './playground.module.css';
import type { FormProps } from './playground-form.tsx';

/** Some of the families that come with Damson; any other can be written in the address. */
const FONTS = ['Roboto', 'Open Sans', 'Montserrat', 'Lato', 'Lora', 'PT Serif', 'Abril Fatface', 'Lobster', 'PT Mono'];

function useLayerParam({ text, onChange }: FormProps, kind: LayerKind) {
  return (key: string, label: string) => ({
    label,
    value: readLayerParam(text, kind, key),
    onChange: (value: string | null) => onChange(writeLayerParam(text, kind, key, value)),
  });
}

/** Words on the picture; how they look is asked for once there are some. */
export function TextLayerForm(props: FormProps) {
  const t = useText();
  const p = t.playground;
  const words = readWords(props.text);
  const param = useLayerParam(props, 'l-text');
  const { auto: _auto, custom: _custom, ...places } = t.delivery.focusAt;
  return (
    <>
      <TextInput
        label={p.words}
        value={words ?? ''}
        maxLength={500}
        autoComplete="off"
        onChange={(event) => props.onChange(writeWords(props.text, event.currentTarget.value))}
      />
      {words !== null && (
        <>
          <div className={classes.pair}>
            <TextParam {...param('fs', p.fontSize)} placeholder="45" />
            <TextParam {...param('pa', p.padding)} placeholder="0" />
          </div>
          <ChoiceParam {...param('ff', p.font)} initial="Roboto" options={Object.fromEntries(FONTS.map((font) => [font, font]))} />
          <ColourParam {...param('co', p.colour)} />
          <ColourParam {...param('bg', t.delivery.background)} />
          <ChoiceParam {...param('lfo', p.place)} initial="center" options={places} />
        </>
      )}
    </>
  );
}

/** Another picture of the library on top. */
export function PictureLayerForm(props: FormProps) {
  const t = useText();
  const p = t.playground;
  const path = readPicture(props.text);
  const param = useLayerParam(props, 'l-image');
  const { auto: _auto, custom: _custom, ...places } = t.delivery.focusAt;
  return (
    <>
      <TextInput
        label={p.path}
        description={p.pathHint}
        placeholder="brand/logo.png"
        value={path ?? ''}
        maxLength={1000}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => props.onChange(writePicture(props.text, event.currentTarget.value))}
      />
      {path !== null && (
        <>
          <div className={classes.pair}>
            <TextParam {...param('w', t.delivery.width)} placeholder={t.delivery.auto} />
            <TextParam {...param('o', p.opacity)} placeholder="100" />
          </div>
          <ChoiceParam {...param('lfo', p.place)} initial="center" options={places} />
        </>
      )}
    </>
  );
}
