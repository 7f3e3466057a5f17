export interface AuditCursor {
  readonly at: string;
  readonly id: string;
}

export function encodeCursor(row: { at: Date; id: string }): string {
  return Buffer.from(`${row.at.toISOString()} ${row.id}`).toString('base64url');
}

/** Null when it is none of ours. */
export function decodeCursor(text: string): AuditCursor | null {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([0-9a-f-]{36})$/.exec(Buffer.from(text, 'base64url').toString('latin1'));
  return match?.[1] !== undefined && match[2] !== undefined ? { at: match[1], id: match[2] } : null;
}
