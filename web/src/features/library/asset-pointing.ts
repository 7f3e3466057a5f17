export type Direction = 'left' | 'right' | 'up' | 'down' | 'first' | 'last' | 'pageUp' | 'pageDown';

/** What grid and list offer to the keyboard. */
export interface Pointing {
  /** The asset in that direction; null at the edge. */
  neighbour(id: string, direction: Direction): string | null;
  /** Scrolls it into view and puts the focus on it. */
  reveal(id: string): void;
}
