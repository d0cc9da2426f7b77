export { ecsAnywhere } from "./tier";
