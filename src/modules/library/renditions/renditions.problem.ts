/** What can be wrong with a transformation; the words clients of delivery URLs know. */
export type TransformationCode = 'EPARAM' | 'EUNSUPPORTED' | 'EPRESET' | 'ELIMIT';

/** A transformation that cannot be done, with the parameter at fault and what would be allowed. */
export class TransformationError extends Error {
  readonly code: TransformationCode;
  /** More members of the problem document: `parameter`, or `limit`, `given`, `allowed`. */
  readonly extra: Readonly<Record<string, unknown>>;

  constructor(code: TransformationCode, message: string, extra: Record<string, unknown> = {}) {
    super(message);
    this.name = 'TransformationError';
    this.code = code;
    this.extra = extra;
  }
}

/** A malformed transformation, or a value out of range. */
export function badParameter(parameter: string, message: string): TransformationError {
  return new TransformationError('EPARAM', message, { parameter });
}

/** Known, but not made by this server; `status` where it is not 400. */
export function unsupported(parameter: string, status?: number): TransformationError {
  const extra = { parameter, ...(status === undefined ? {} : { status }) };
  return new TransformationError('EUNSUPPORTED', `${parameter} is not available on this server`, extra);
}

/** Over a limit; `given` and `allowed` in the limit's own unit. */
export function overLimit(limit: string, given: number, allowed: number): TransformationError {
  return new TransformationError('ELIMIT', `${limit} is ${given}; at most ${allowed} is allowed`, { limit, given, allowed });
}
