/** Statements as managed policies within IAM's limits. Pure. */
import type { Statement } from "./statements";

/** Characters of a managed policy, white space not counted. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const POLICY_CHARACTERS = 6144;
/** Managed policies that a role may have, without a raised quota. */
export const POLICIES_OF_A_ROLE = 10;

export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Statement[];
}

export interface NamedPolicy {
  /** `spectrum-dev-deploy-1` */
  readonly name: string;
  /** Of the document as IAM counts them. */
  readonly characters: number;
  readonly document: PolicyDocument;
}

/** As few policies as their order allows; a statement that fits in none is taken apart. */
export function asPolicies(statements: readonly Statement[], prefix: string): readonly NamedPolicy[] {
  const documents: Statement[][] = [];
  for (const statement of statements.flatMap(fitting)) {
    const room = documents.find((document) => length([...document, statement]) <= POLICY_CHARACTERS);
    if (room) room.push(statement);
    else documents.push([statement]);
  }
  return documents.map((document, at) => ({
    name: `${prefix}-deploy-${at + 1}`,
    characters: length(document),
    document: { Version: "2012-10-17", Statement: document },
  }));
}

const length = (statements: readonly Statement[]): number =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements }).length;

/** The statement in as many parts as fit, by its longer list. */
function fitting(statement: Statement): readonly Statement[] {
  if (length([statement]) <= POLICY_CHARACTERS) return [statement];
  const key = statement.Resource.length > 1 ? "Resource" : "Action";
  const half = Math.ceil(statement[key].length / 2);
  return [statement[key].slice(0, half), statement[key].slice(half)].flatMap((part, at) =>
    fitting({ ...statement, Sid: `${statement.Sid}${"ab"[at]}`, [key]: part }),
  );
}
