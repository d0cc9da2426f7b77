export { lightsailVm } from "./tier";
