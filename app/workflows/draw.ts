export { drawSvg } from "./draw/svg";
export { drawText, PLAIN } from "./draw/text";
export type { Paint } from "./draw/text";
export { drawTrace } from "./draw/trace";
