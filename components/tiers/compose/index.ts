export { configText } from "./grants";
export { bindMount, type BindMount } from "./mounts";
export { fillHoles, type Hole, holeMark, outputHoles, type Text } from "./parts";
export { isOnDisk, variableOf, wireApp } from "./wire-app";
export type { ExtraService, HostPort, SecretFile, WiredApp, WiredFile, WiredOptions } from "./wired";
