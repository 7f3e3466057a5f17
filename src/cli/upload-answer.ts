import type { Response } from 'undici';
import { TryAgain } from './upload-sink.ts';

/** Reads the answer to its end. @throws TryAgain when another try may mend it, Error with what the server says */
export async function expect(response: Response, statuses: readonly number[]): Promise<string> {
  const text = await response.text();
  if (statuses.includes(response.status)) return text;
  const problem = readProblem(text) ?? `the server answered ${response.status}`;
  const again = response.status >= 500 || response.status === 423 || response.status === 429 || response.status === 409;
  throw again ? new TryAgain(problem) : new Error(problem);
}

function readProblem(text: string): string | null {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== 'object' || body === null) return null;
    const detail = 'detail' in body ? body.detail : 'title' in body ? body.title : null;
    return typeof detail === 'string' ? detail : null;
  } catch {
    return null;
  }
}
