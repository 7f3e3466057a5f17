import { ColorInput, Select, Slider, Switch, TextInput } from '@mantine/core';
import { useId } from 'react';
import { useText } from '../../messages/index.tsx';
import classes from './playground.module.css';

/** Inputs for one parameter each. A value that the choice does not offer is shown as it is, and kept. */
export interface Param {
  readonly label: string;
  /** null = not said */
  readonly value: string | null;
  onChange(value: string | null): void;
}

/** Separators would make other parameters of a value. */
const plain = (text: string): string => text.replaceAll(/[,:\s]/g, '');

/** A number, or whatever the grammar allows in its place. */
export function TextParam({ label, value, onChange, placeholder }: Param & { placeholder?: string }) {
  return (
    <TextInput
      label={label}
      value={value ?? ''}
      placeholder={placeholder}
      autoComplete="off"
      spellCheck={false}
      maxLength={200}
      onChange={(event) => onChange(plain(event.currentTarget.value) || null)}
    />
  );
}

export interface ChoiceProps extends Param {
  readonly options: Readonly<Record<string, string>>;
  /** What it is when nothing is said; it is never written. */
  readonly initial: string;
}

export function ChoiceParam({ label, value, onChange, options, initial }: ChoiceProps) {
  const shown = value ?? initial;
  const data = Object.entries(options).map(([key, text]) => ({ value: key, label: text }));
  return (
    <Select
      label={label}
      data={shown in options ? data : [...data, { value: shown, label: shown }]}
      value={shown}
      allowDeselect={false}
      onChange={(next) => onChange(next === initial ? null : next)}
    />
  );
}

/** A switch; `on` is what stands for it. */
export function SwitchParam({ label, value, onChange, on = 'true' }: Param & { on?: string }) {
  return (
    <Switch
      size="sm"
      label={label}
      checked={value !== null && value !== 'false'}
      onChange={(event) => onChange(event.currentTarget.checked ? on : null)}
    />
  );
}

interface NumberProps extends Param {
  readonly min: number;
  readonly max: number;
  readonly initial: number;
}

export function SliderParam({ label, value, onChange, min, max, initial }: NumberProps) {
  const id = useId();
  const number = Number(value ?? initial);
  return (
    <div>
      <div className={classes.row}>
        <span className={classes.label} id={id}>
          {label}
        </span>
        <span className={`${classes.hint} numbers`}>{value ?? initial}</span>
      </div>
      <Slider
        thumbLabel={label}
        value={Number.isFinite(number) ? number : initial}
        min={min}
        max={max}
        label={null}
        onChange={(next) => onChange(next === initial ? null : String(next))}
      />
    </div>
  );
}

export function ColourParam({ label, value, onChange }: Param) {
  const t = useText();
  const hex = /^[\da-f]{6}$/i.test(value ?? '') ? `#${value}` : (value ?? '');
  return (
    <ColorInput
      label={label}
      value={hex}
      format="hex"
      eyeDropperButtonProps={{ 'aria-label': t.delivery.pickColour }}
      onChange={(next) => {
        const text = plain(next.replace('#', ''));
        onChange(text === '' ? null : /^[\da-f]{6}$/i.test(text) ? text.toUpperCase() : text);
      }}
    />
  );
}
