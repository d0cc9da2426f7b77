export { beanstalk } from "./tier";
