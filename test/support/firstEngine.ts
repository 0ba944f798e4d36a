// Executed once in a process: the choice of an engine asks for GPUs by processes of their own.
import { tf } from '../../src/engine/tf.js';
import { use } from '../../src/engine/use.js';

export const { precision } = await use();
export const backend = tf.getBackend();
