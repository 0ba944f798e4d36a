import { expect, it, vi } from 'vitest';
import { loadNative } from '../../src/engine/native.js';

const thrown = vi.hoisted(() => ({ error: new Error() as NodeJS.ErrnoException }));
vi.mock('../../src/engine/tf.js', async (importOriginal) => ({
  ...(await importOriginal<object>()),
  loadBackend: () => {
    throw thrown.error;
  },
}));
vi.mock('../../src/engine/cudaFolder.js', () => ({ cudaFolder: () => '/deps/nvidia' }));
vi.mock('../../src/engine/cudaEnvironment.js', () => ({ setCudaEnvironment: () => {} }));
vi.mock('../../src/engine/gpuReport.js', () => ({ explainGpu: () => 'what TensorFlow says' }));

const missing = "Cannot find module '@tensorflow/tfjs-node-gpu'\nRequire stack: ...";
const unbuilt = 'The Node.js native addon module (tfjs_binding.node) can not be found at path: ...';
const unlinked = 'libtensorflow_cc.so.2: cannot open shared object file: No such file or directory';

it.each([
  [
    'MODULE_NOT_FOUND',
    missing,
    'the package @tensorflow/tfjs-node-gpu is not installed: npx solireward engine build',
  ],
  [undefined, unbuilt, 'the TensorFlow binding is not built: npx solireward engine build'],
  ['ERR_DLOPEN_FAILED', unlinked, `${unlinked} (build it anew: npx solireward engine build)`],
  [
    undefined,
    'Exception creating TFE_Context',
    'what TensorFlow says (CUDA_VISIBLE_DEVICES=-1 leaves TensorFlow the CPU)',
  ],
  [undefined, 'something else\nand more', 'something else'],
])('says what is wrong with the binding (%s), and what makes it', (code, message, said) => {
  thrown.error = Object.assign(new Error(message), { code });
  expect(() => loadNative()).toThrow(new Error(said));
});
