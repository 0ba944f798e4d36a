import { expect, it } from 'vitest';
import { Client, contents } from '../support/kernelClient.js';

const figure = 'sr.plot.roc([0.1, 0.9, 0.4], [false, true, true])';
const hasScript = (outcome: Parameters<typeof contents>[0]) =>
  contents(outcome, 'display_data').some((content) =>
    JSON.stringify(content).includes('DecompressionStream'),
  );

it('puts plotly into what is run by a program, once, and not into a notebook that is open in an editor', async () => {
  const client = await Client.start();
  await client.execute("import * as sr from 'solireward';");
  const metadata = { cellId: 'a', deletedCells: [] };
  const inEditor = await client.outcome(
    await client.send('execute_request', { code: figure, silent: false, store_history: true }, { metadata }),
  );
  expect(hasScript(inEditor)).toBe(false);
  expect(contents(inEditor, 'execute_result')).toHaveLength(1);
  expect(hasScript(await client.execute(figure))).toBe(true);
  expect(hasScript(await client.execute(figure))).toBe(false);
  await client.stop();
});
