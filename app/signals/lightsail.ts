/** Lightsail keeps what it measures to itself: none of it is in CloudWatch. Pure. */
import type { App } from "../model";
import { noEntry } from "./entry";
import { missing } from "./measure";

/** https://docs.aws.amazon.com/lightsail/latest/userguide/amazon-lightsail-resource-health-metrics.html */
const WHY = "Lightsail keeps its metrics to itself, out of CloudWatch";

/** @param remedy what the tier can do about it */
export function lightsailMeasures(app: App, remedy: string) {
  const none = missing(WHY, remedy);
  const measures = { ...noEntry(WHY, remedy), cpu: none, memory: none, restarts: none, tasks: none };
  const services = Object.values(app.services).filter(({ job }) => !job);
  return Object.fromEntries(services.map(({ name }) => [name, measures]));
}
