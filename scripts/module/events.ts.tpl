/** What {{name}} announces. */

export const {{ITEM}}_CREATED = '{{table}}.created';

export interface {{Item}}Created {
  readonly id: string;
  readonly name: string;
}
