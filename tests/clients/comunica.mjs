// Ask an endpoint with comunica: questions come as JSON on standard input, answers go as JSON to standard output.
// Each question has `query`, the `source` as comunica takes it, and optionally `mediaType`, in which the result is then serialised.
import { text } from 'node:stream/consumers';
import { QueryEngine } from '@comunica/query-sparql';

const questions = JSON.parse(await text(process.stdin));
const engine = new QueryEngine();
const answers = [];

for (const { query, sources, mediaType } of questions) {
  try {
    const result = await engine.query(query, { sources });
    if (mediaType) {
      const { data } = await engine.resultToString(result, mediaType);
      answers.push({ kind: result.resultType, text: await text(data) });
    } else if (result.resultType === 'bindings') {
      const rows = await (await result.execute()).toArray();
      answers.push({ kind: 'bindings', rows: rows.map((row) => Object.fromEntries([...row].map(([name, term]) => [name.value, term.value]))) });
    } else if (result.resultType === 'boolean') {
      answers.push({ kind: 'boolean', truth: await result.execute() });
    } else {
      const quads = await (await result.execute()).toArray();
      answers.push({ kind: 'quads', quads: quads.map((q) => [q.subject.value, q.predicate.value, q.object.value, q.object.language ?? '']) });
    }
  } catch (error) {
    answers.push({ kind: 'error', text: String(error.message ?? error) });
  }
}
process.stdout.write(JSON.stringify(answers));
