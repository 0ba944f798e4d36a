import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, it } from 'vitest';

// A cell that imports the package loads its types first, while the user waits.
it('publishes types that are whole and do not load all of TensorFlow.js', () => {
  const index = fileURLToPath(new URL('../../dist/src/index.d.ts', import.meta.url));
  const program = ts.createProgram([index], {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ESNext,
    types: ['node'],
  });
  const files = program.getSourceFiles();
  const own = files.filter(({ fileName }) => !fileName.includes('node_modules'));
  const messages = own.flatMap((file) => program.getSemanticDiagnostics(file));
  expect(messages.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
  expect(files.filter(({ fileName }) => fileName.includes('tfjs')).length).toBeLessThan(10);
});
