/** The files that the command writes for the user. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { InputError } from "../app/finding";
import { fromCaller } from "./caller";

/** Writes the file, whose folder is there. Throws `InputError` where it cannot be written. */
export function writeText(file: string, text: string): void {
  telling(`the file ${file} cannot be written`, () => writeFileSync(fromCaller(file), text));
}

/** Writes the file into the folder, which is made where it is not there; gives its path as the user would write it. */
export function writeInto(folder: string, name: string, text: string): string {
  telling(`the folder ${folder} cannot be made`, () => mkdirSync(fromCaller(folder), { recursive: true }));
  writeText(join(folder, name), text);
  return join(folder, name);
}

function telling(what: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    const { code = "unknown" } = error as NodeJS.ErrnoException;
    throw new InputError([{ message: `${what} (${code})`, location: null }]);
  }
}
