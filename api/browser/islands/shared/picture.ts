/** A picture (PNG) of a drawing (SVG) that the server made, and files that a page hands to its reader. */

/** Pixels for each unit of the drawing, and the most that one side may have in any browser. */
const SCALE = 2;
const MOST = 8000;

/** Returns the drawing at an address as PNG. Rejects where the server or the browser cannot. */
export async function pictureOf(address: string): Promise<Blob> {
  const reply = await fetch(address, { headers: { Accept: "image/svg+xml" } });
  if (!reply.ok) throw new Error(String(reply.status));
  const source = URL.createObjectURL(new Blob([await reply.text()], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = source;
    await image.decode();
    const scale = Math.min(SCALE, MOST / image.naturalWidth, MOST / image.naturalHeight);
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.naturalWidth * scale);
    canvas.height = Math.round(image.naturalHeight * scale);
    canvas.getContext("2d")!.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise<Blob>((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png"));
  } finally {
    URL.revokeObjectURL(source);
  }
}

/** Hands a file to the reader, under a name. */
export function download(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser has taken the file by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
