export { disk } from "./files";
export type { FileResult, FileSystem } from "./files";
export { composeKeys } from "./keys";
export type { ComposeKey } from "./keys";
export { canonicalJson, printable } from "./output";
export { readCompose } from "./read";
export type { ReadOptions, ReadResult } from "./read";
export type { SourceFile, SourceKind } from "./sources";
