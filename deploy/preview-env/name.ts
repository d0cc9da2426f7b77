/** What a preview environment is called. Pure. */
import { shortHash, slug } from "../../components/names";

/** Letters of the branch that its name shows: what an environment is called stands in names that AWS keeps short. */
const SHOWN = 14;

/**
 * The stack of a branch: `pr-fix-login-1f0c2a`. At most 24 characters, and another for each branch: it ends with six hex digits of
 * the branch's hash. It is a label of a host name too.
 */
export function previewStack(branch: string): string {
  // slug's own hash is of the whole text: what it cuts is told apart by the one below
  const plain = slug(branch, 200).slice(0, SHOWN).replace(/-+$/u, "");
  return `pr-${plain}-${shortHash(branch, 6)}`;
}

/** True for what `previewStack` makes. */
export const isPreviewStack = (stack: string): boolean => /^pr-[a-z0-9-]{1,14}-[0-9a-f]{6}$/u.test(stack);
