/** What the parts of a wired Compose file are made from. */
import type { Placement } from "../../../app/config/types";
import type { App } from "../../../app/model";
import type { Grants } from "./grants";
import type { WiredOptions } from "./wired";

export type Node = Readonly<Record<string, unknown>>;

export interface Context {
  readonly app: App;
  readonly placement: Placement;
  readonly options: WiredOptions;
  readonly without: ReadonlySet<string>;
  /** Filled while the nodes are made. */
  readonly variables: Map<string, string>;
  readonly grants: Grants;
  readonly digests: Readonly<Record<string, readonly string[]>>;
}
