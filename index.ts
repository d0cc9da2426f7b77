/** The Pulumi program. */
import { program } from "./stacks/program";

export const { apps, deployed, repositories, workflows } = program();
