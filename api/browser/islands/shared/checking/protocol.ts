/** What the page that checks case data knows: types of the reply, places of cells, and how the server is asked. */

export const SEVERITIES = ["violation", "warning", "info"] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface Finding {
  file: string; sheet: string; row: number | null; column: string; severity: Severity; message: string; value: string; suggestion: string; cell: string; replacement: string | null; replacements: string[];
}
export interface Column { letters: string; name: string; known: boolean; required: string; holds: string | null; description: string | null; choices: string[] }
export interface Table {
  file: string; sheet: string; understood: string | null; header_row: number | null; header: string[]; columns: Column[]; row_numbers: number[]; rows: string[][]; row_count: number; truncated: boolean;
}
export interface Reply { conforms: boolean; counts: Record<Severity, number>; messages: Finding[]; datasets: { rows: Record<string, number> }[]; tables: Table[] }
/** `detail` says in plain words what was found; `seconds` when to ask again. */
export interface Refusal { type: string; title: string; detail: string; seconds: string }
export interface Correction { file: string; sheet: string; cell: string; column: string; was: string; value: string }

export const cellKey = (file: string, sheet: string, cell: string): string => JSON.stringify([file, sheet, cell]);

/** Returns the address of the cell that a finding is about; empty where it is about more than a cell. */
export function cellOf(finding: Finding, table: Table | undefined): string {
  if (finding.cell || finding.row === null || !finding.column) return finding.cell;
  const column = table?.columns.find((c) => c.name === finding.column);
  return column ? `${column.letters}${finding.row}` : "";
}

/** Divides an address such as F14 into the place of its column in a table and its row; null where the table lacks it. */
export function placeOf(cell: string, table: Table): { column: number; row: number } | null {
  const [, letters, row] = /^([A-Z]+)(\d+)$/.exec(cell) ?? [];
  const column = table.columns.findIndex((c) => c.letters === letters);
  return column < 0 ? null : { column, row: Number(row) };
}

function form(files: File[], corrections: Correction[]): FormData {
  const sent = new FormData();
  for (const file of files) sent.append("file", file, file.name);
  if (corrections.length) sent.append("corrections", JSON.stringify(corrections.map(({ file, sheet, cell, value }) => ({ file, sheet, cell, value }))));
  return sent;
}

/** Sends files with all corrections, and returns what came back; `sending` is told the part that has been sent, from 0 to 1. */
export function send(address: string, files: File[], corrections: Correction[], sending: (part: number) => void): Promise<XMLHttpRequest> {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", address);
    request.responseType = "blob";
    request.setRequestHeader("Accept", "application/json, application/problem+json, */*;q=0.1");
    request.upload.addEventListener("progress", (event) => { if (event.lengthComputable) sending(event.loaded / event.total); });
    request.upload.addEventListener("load", () => { sending(1); });
    request.addEventListener("load", () => { done(request); });
    request.addEventListener("error", () => { failed(new Error("unreached")); });
    request.send(form(files, corrections));
  });
}

/** Reads a problem document; what is none is told by its status. */
export async function refusal(request: XMLHttpRequest): Promise<Refusal> {
  const seconds = request.getResponseHeader("Retry-After") ?? "10";
  try {
    return { title: "", detail: "", type: "", ...(JSON.parse(await (request.response as Blob).text()) as object), seconds };
  } catch {
    return { type: "", title: `HTTP ${request.status}`, detail: request.statusText, seconds };
  }
}

/** Returns the file name that a reply gives. */
export function nameOf(request: XMLHttpRequest, otherwise: string): string {
  const header = request.getResponseHeader("Content-Disposition") ?? "";
  const coded = /filename\*=UTF-8''([^;]+)/.exec(header)?.[1];
  return coded ? decodeURIComponent(coded) : /filename="([^"]+)"/.exec(header)?.[1] ?? otherwise;
}

/** Hands a file to the reader to be saved. */
export function save(data: Blob, name: string): void {
  const address = URL.createObjectURL(data);
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  // A browser may still read from the address when the click has returned.
  setTimeout(() => { URL.revokeObjectURL(address); }, 60_000);
}
