/** The Pulumi program. */
import { program } from "./stacks/program";

export const { apps, deployed, workflows } = program();
