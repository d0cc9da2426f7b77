export { eksFargate } from "./tier";
