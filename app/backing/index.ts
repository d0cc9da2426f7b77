export { back, type Backed, type BackingHome, backingHome, type BackingService } from "./backing";
export type { Bucket } from "./buckets";
export type { Queue } from "./queues";
export { canPrefer } from "./database-options";
export type { Database } from "./databases";
