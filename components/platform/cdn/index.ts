export { EDGE_REGION } from "./edge";
export { Front } from "./front";
