export type { LogEntry, RewardServer } from './rewardServer.js';
export { type ServeOptions, serve } from './serve.js';
