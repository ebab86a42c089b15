// Ask an endpoint with YASGUI in a headless browser, from a page of another origin, and tell what YASGUI sent and what it understood.
// Questions come as JSON on standard input: `endpoint`, and `queries` with `text`, and `method` where it is not the default.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import packed from '@sparticuz/chromium';
import { chromium } from 'playwright-core';

const { endpoint, queries } = JSON.parse(await text(process.stdin));
const built = join(dirname(createRequire(import.meta.url).resolve('@zazuko/yasgui/package.json')), 'build');
const files = {
  '/': ['text/html', '<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="/yasgui.min.css"><div id="here"></div><script src="/yasgui.min.js"></script>'],
  '/yasgui.min.js': ['text/javascript', readFileSync(join(built, 'yasgui.min.js'))],
  '/yasgui.min.css': ['text/css', readFileSync(join(built, 'yasgui.min.css'))],
};
const pages = createServer((request, reply) => {
  const file = files[request.url];
  reply.writeHead(file ? 200 : 404, { 'Content-Type': file?.[0] ?? 'text/plain' }).end(file?.[1] ?? '');
});
await new Promise((ready) => pages.listen(0, '127.0.0.1', ready));

// Not the arguments that the package proposes: they turn off the rule that a page reads other origins only where these allow it.
const browser = await chromium.launch({ executablePath: await packed.executablePath(), args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'], headless: true });
const answers = [];
try {
  const page = await browser.newPage();
  const seen = [];
  page.on('request', (request) => request.url().startsWith(endpoint) && seen.push(request));
  await page.goto(`http://127.0.0.1:${pages.address().port}/`);
  await page.waitForFunction(() => window.Yasgui);
  await page.evaluate((address) => {
    window.yasgui = new window.Yasgui(document.getElementById('here'), { requestConfig: { endpoint: address }, copyEndpointOnNewTab: false });
  }, endpoint);
  for (const { text: query, method } of queries) {
    seen.length = 0;
    const understood = await page.evaluate(async ({ query, method, endpoint }) => {
      const tab = window.yasgui.getTab();
      tab.setEndpoint(endpoint);
      const yasqe = tab.getYasqe();
      const yasr = tab.getYasr();
      const before = yasr.results;
      tab.setRequestConfig({ method: method ?? 'POST' });
      yasqe.setValue(query);
      // A refusal rejects here; what YASGUI shows of it is what counts.
      await yasqe.query().catch(() => undefined);
      for (let waited = 0; yasr.results === before && waited < 100; waited += 1) await new Promise((later) => setTimeout(later, 50));
      await new Promise((later) => setTimeout(later, 300));
      const found = yasr.results;
      return {
        type: found?.getType(), status: found?.getStatus(), contentType: found?.getContentType(), error: found?.getError() ?? null,
        variables: found?.getVariables(), bindings: found?.getBindings(), boolean: found?.getBoolean(), statements: found?.getStatements(),
        shown: document.querySelector('.yasr_results')?.innerText ?? '',
      };
    }, { query, method, endpoint });
    const sent = await Promise.all(seen.map(async (request) => ({ method: request.method(), url: request.url(), headers: await request.allHeaders(), body: request.postData() })));
    answers.push({ sent, understood });
  }
} finally {
  await browser.close();
  pages.close();
}
process.stdout.write(JSON.stringify(answers));
