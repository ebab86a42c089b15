/** The keys that walk a grid (WAI-ARIA authoring practices, grid pattern). */

/** Rows that Page Up and Page Down pass. */
const PAGE = 10;

/**
 * Returns the row and column to which a key leads, kept inside the grid; null where it is none of these keys.
 * `first` is the first row and column of cells that are no headings: Home and Page Up stop there.
 */
export function walked(event: KeyboardEvent, at: { row: number; column: number }, size: { rows: number; columns: number }, first: { row: number; column: number }): { row: number; column: number } | null {
  const { row, column } = at;
  const ends = { row: size.rows - 1, column: size.columns - 1 };
  const to = (r: number, c: number): { row: number; column: number } => ({ row: Math.min(Math.max(r, 0), ends.row), column: Math.min(Math.max(c, 0), ends.column) });
  switch (event.key) {
    case "ArrowRight": return to(row, column + 1);
    case "ArrowLeft": return to(row, column - 1);
    case "ArrowDown": return to(row + 1, column);
    case "ArrowUp": return to(row - 1, column);
    case "Home": return to(event.ctrlKey ? first.row : row, first.column);
    case "End": return to(event.ctrlKey ? ends.row : row, ends.column);
    case "PageDown": return to(row + PAGE, column);
    case "PageUp": return to(Math.max(row - PAGE, first.row), column);
    default: return null;
  }
}
