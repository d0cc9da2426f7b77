/** The workflows of an environment that run the app, as pictures. Pure but for the definitions, which are read before. */
import { allStates, type Definition, drawSvg, drawText, parsePlaceholder, PLAIN } from "../../app/workflows";
import { html, type Markup } from "./html";
import { frame } from "./table";

export interface NamedWorkflow {
  readonly name: string;
  readonly definition: Definition;
}

/** Those with a task that is a job or a service of the app. */
export const workflowsOf = (app: string, workflows: readonly NamedWorkflow[]): readonly NamedWorkflow[] =>
  workflows.filter(({ definition }) =>
    allStates(definition).some((state) => state.type === "Task" && parsePlaceholder(state.resource)?.app === app),
  );

/** Each as a picture of its own, whose style is not the page's; and as text, for who does not see it. */
export function workflowsPart(workflows: readonly NamedWorkflow[]): Markup {
  return html`${workflows.map(({ name, definition }) => {
    const picture = Buffer.from(drawSvg(definition, name)).toString("base64");
    const label = `The workflow ${name}`;
    return html`${frame(
        label,
        html`<img src="data:image/svg+xml;base64,${picture}" alt="${label}, which stands beneath as text" />`,
      )}
      <details>
        <summary>${name} as text</summary>
        ${frame(`${label} as text`, html`<pre>${drawText(definition, PLAIN)}</pre>`)}
      </details>`;
  })}`;
}
