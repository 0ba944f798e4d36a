export type { LogEntry, RewardServer } from './rewardServer.js';
export type { ServedModel } from './serve.js';
export { type ServeOptions, serve } from './serve.js';
