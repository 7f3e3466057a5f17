import type { Messages } from '../../../messages/en.ts';
import { formatType } from '../../../ui/format.ts';
import type { FilterField } from '../search-state.ts';

/** A filter's value in words. */
export function valueLabel(t: Messages, field: FilterField, value: string): string {
  const words: Partial<Record<FilterField, Record<string, string>>> = {
    kind: t.values.kind,
    status: t.values.status,
    orientation: t.values.orientation,
    published: t.values.published,
    missing: t.values.missing,
    colour: t.values.colour,
  };
  if (field === 'type' && value === 'application/octet-stream') return t.values.unknownType;
  if (field === 'type') return value.includes('/') ? formatType(value, '') : value.toUpperCase();
  return words[field]?.[value] ?? value;
}

const SWATCHES: Record<string, string> = {
  red: '#d0342c',
  orange: '#e8833a',
  yellow: '#e9c83c',
  green: '#4f9a4b',
  teal: '#2d9c95',
  blue: '#3b6fc9',
  purple: '#7d4fb3',
  pink: '#e07aa8',
  brown: '#80583a',
  black: '#1d1b1a',
  grey: '#8c8986',
  white: '#fbfaf8',
};

export const swatchOf = (name: string): string => SWATCHES[name] ?? '#8c8986';
