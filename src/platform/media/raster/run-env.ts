import type { Measured, PlanOp } from '../plan.ts';

/** What a plan needs beside its picture while it runs. */
export interface RunEnv {
  readonly maxPixels: number;
  input(index: number): Promise<Buffer>;
  /** Path of a typeface of the library. */
  font(file: number): string;
  resume(rest: unknown, size: Measured): Promise<readonly PlanOp[] | { readonly left: number; readonly top: number }>;
}
