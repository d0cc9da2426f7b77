/** The short form of `volumes`: `[source:]target[:options]`. */
import { show } from "./problems";

export interface ShortVolume {
  readonly type: "bind" | "volume";
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
  readonly nocopy: boolean;
  readonly propagation: string;
  readonly selinux: string;
  /** True for a path of one or two characters, which compose-go takes as it is. */
  readonly bare: boolean;
}

/** What is wrong with a volume's short form. */
export class VolumeError extends Error {}

const PROPAGATION = new Set(["rprivate", "private", "rshared", "shared", "rslave", "slave"]);
const FORM = "the form is [source:]target[:options]";

/** Throws a `VolumeError`. */
export function parseVolume(spec: string): ShortVolume {
  if (spec === "") throw new VolumeError(`the volume is empty, ${FORM}`);
  if (spec.length <= 2) return { ...NOTHING, target: spec, bare: true };
  const sections = splitSections(spec);
  if (sections.some((section) => section === "")) throw new VolumeError(`a section of ${show(spec)} is empty, ${FORM}`);
  if (sections.length > 3) throw new VolumeError(`${show(spec)} has too many colons, ${FORM}`);
  const [source, target] = sections.length === 1 ? ["", sections[0]] : sections;
  const options = new Set((sections[2] ?? "").split(","));
  return {
    type: isFilePath(source ?? "") ? "bind" : "volume",
    source: source ?? "",
    target: target ?? "",
    readOnly: [...options].filter((option) => option === "ro" || option === "rw").at(-1) === "ro",
    nocopy: options.has("nocopy"),
    propagation: [...options].filter((option) => PROPAGATION.has(option)).at(-1) ?? "",
    selinux: [...options].filter((option) => option === "z" || option === "Z").at(-1) ?? "",
    bare: false,
  };
}

const NOTHING: ShortVolume = {
  type: "volume",
  source: "",
  target: "",
  readOnly: false,
  nocopy: false,
  propagation: "",
  selinux: "",
  bare: false,
};

/** At colons, but for the one of a Windows drive. */
function splitSections(spec: string): string[] {
  const sections = [""];
  for (const char of spec) {
    const section = sections.at(-1) ?? "";
    if (char === ":" && !/^\p{L}$/u.test(section)) sections.push("");
    else sections[sections.length - 1] = section + char;
  }
  return sections;
}

/** True where the source is a path of the host, not a volume's name. */
function isFilePath(source: string): boolean {
  return /^[./~]/u.test(source) || source.startsWith("\\\\") || /^\p{L}:/u.test(source);
}
