/** Places of files as a user writes them: relative to the project's folder, the same on every machine. */
import { isAbsolute, relative, sep } from "node:path";
import type { Location, Problem } from "../app/finding";

export function showLocation(location: Location | null, root: string): Location | null {
  return location && isAbsolute(location.file) ? { ...location, file: relative(root, location.file) } : location;
}

/** The problem with its place, and with paths in its message, relative to the folder. */
export function showProblem(problem: Problem, root: string): Problem {
  return {
    ...problem,
    message: problem.message.replaceAll(root + sep, ""),
    location: showLocation(problem.location, root),
  };
}
