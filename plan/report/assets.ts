/** What the page carries besides its content: files of this folder, read once. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

const read = (file: string): string => readFileSync(join(__dirname, file), "utf8");

export const STYLES = read("styles.css");
/** Makes choosing and folding easier; without it everything is there. */
export const SCRIPT = read("script.js");
