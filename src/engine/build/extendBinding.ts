/**
 * Adds to the C++ sources of the binding what this library needs of TensorFlow's C API and tfjs-node-gpu does not
 * offer. Called before each build, with the folder of the package @tensorflow/tfjs-node-gpu. Adds nothing so far.
 */
export async function extendBinding(_packageFolder: string): Promise<void> {}
