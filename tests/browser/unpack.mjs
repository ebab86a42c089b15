// Unpacks the Chromium of @sparticuz/chromium, with the shared libraries and fonts that a bare container lacks, into the folder for temporary
// files, which the caller chooses (TMPDIR) and renames to IMRI_KG_UNPACKED. The fonts' own configuration names folders of another system.
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import chromium, { inflate } from "@sparticuz/chromium";

const packed = join(dirname(fileURLToPath(import.meta.resolve("@sparticuz/chromium"))), "..", "bin");
await inflate(join(packed, "al2023.tar.br"));
await chromium.executablePath();
const fonts = join(process.env.IMRI_KG_UNPACKED, "fonts").replaceAll("&", "&amp;").replaceAll("<", "&lt;");
await writeFile(
  join(tmpdir(), "fonts", "fonts.conf"),
  `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${fonts}/fonts</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${fonts}/cache</cachedir>
</fontconfig>
`,
);
