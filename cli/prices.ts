/** `spectrum prices refresh`. */
import { refreshPrices } from "../plan/prices/refresh/refresh";
import { EXIT, finish, usageError } from "./output";
import { progressLine } from "./progress";

export interface RefreshArguments {
  readonly region: string;
}

/** Exit code 2 where AWS could not be asked. */
export async function refresh({ region }: RefreshArguments): Promise<void> {
  if (!/^[a-z]{2}(?:-[a-z]+)+-\d$/u.test(region))
    return usageError(`--region got ${JSON.stringify(region)}; give a region such as eu-central-1`, false);
  const progress = progressLine(process.stderr);
  try {
    const { file, found, missing } = await refreshPrices({
      root: process.cwd(),
      region,
      onProgress: (done, all) => progress.show(`asking for prices of ${region} (${done} of ${all})`),
    });
    progress.end();
    const unknown = Object.entries(missing).map(([key, why]) => `  ${key}: ${why}\n`);
    const rest = unknown.length > 0 ? `not found, so as Spectrum's own list has them:\n${unknown.join("")}` : "";
    finish({ stdout: `${found} prices of ${region} in ${file}\n${rest}`, stderr: "", code: EXIT.done });
  } catch (error) {
    progress.end();
    const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const stderr = `error: AWS's price list could not be asked: ${why}; it takes credentials with the right pricing:GetProducts\n`;
    finish({ stdout: "", stderr, code: EXIT.wrong });
  }
}
