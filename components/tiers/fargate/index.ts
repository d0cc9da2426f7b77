export { fargate } from "./tier";
