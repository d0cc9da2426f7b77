/** Keys of cpu on machines whose size nobody here knows. Pure. */
import { changed, kept } from "../../../../app/fit";
import { leftOut, type RuleMakers, type ServiceRule } from "../../ecs/rules/rule";

const bySize = "size under spectrum:apps says it";

const limit: ServiceRule = (service, _use, { context, task, tasks, tier }) => {
  if ((context.placement.services[service.name]?.cpu ?? null) !== null) return leftOut(bySize, "keep one of the two");
  const { containers } = tier.size(context.app, context.placement, tasks, task);
  return changed(
    `${containers[service.name]?.cpu ?? 0} of the machine's cpu units, 1024 for each processor, are kept for it; it may take more where there are`,
    "nothing to do",
  );
};

const reservation: ServiceRule = (service, _use, { context }) => {
  if ((context.placement.services[service.name]?.cpu ?? null) !== null) return leftOut(bySize, "keep one of the two");
  return service.limits.cpus === null
    ? kept("kept for it on the machine")
    : leftOut("the limit is what is kept for it", "keep one of the two");
};

export const resourceRows = ({ ofService }: RuleMakers) => ({
  "services.*.cpus": ofService(limit),
  "services.*.deploy.resources.limits.cpus": ofService(limit),
  "services.*.deploy.resources.reservations.cpus": ofService(reservation),
});
