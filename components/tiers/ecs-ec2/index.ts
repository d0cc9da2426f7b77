export { ecsEc2 } from "./tier";
