/** The engines, best first, as `auto` tries them. */
export const engineNames = ['cuda', 'native', 'webgpu', 'wasm', 'cpu'] as const;
export type EngineName = (typeof engineNames)[number];
