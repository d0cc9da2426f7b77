export { lightsail } from "./tier";
