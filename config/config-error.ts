/** One wrong variable: what was given (masked when it is a secret) and what is expected. */
export interface Problem {
  readonly variable: string;
  readonly given: string;
  readonly expected: string;
}

/** The configuration cannot be used; carries every problem at once. */
export class ConfigError extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    const lines = problems.map(({ variable, given, expected }) => `  ${variable}: given ${given}, expected ${expected}`);
    super(`The configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:\n${lines.join('\n')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}
