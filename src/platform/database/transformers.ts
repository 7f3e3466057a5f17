import type { ValueTransformer } from 'typeorm';

/** `bigint` columns as numbers (bytes, counters: all far below 2^53); PostgreSQL's driver gives them as strings. */
export const bigintTransformer: ValueTransformer = {
  to: (value: number | null | undefined) => value,
  from: (value: string | number | null) => (value === null ? null : Number(value)),
};
