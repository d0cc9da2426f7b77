export { eks } from "./tier";
