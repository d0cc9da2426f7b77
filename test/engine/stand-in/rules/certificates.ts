/** When a certificate is valid: its records are there, in Route 53 or in a zone of Lightsail's. */
import type { Account, Entity } from "../entity";
import { validationRecords } from "../outputs";
import type { Values } from "../values";
import { text } from "../values";

function recordsFor(certificate: Entity, account: Account): readonly (Entity | undefined)[] {
  const all = [
    ...account.ready("aws:route53/record:Record"),
    ...account.ready("aws:lightsail/domainEntry:DomainEntry"),
  ];
  const plainName = (name: unknown) => text(name).replace(/\.$/u, "");
  const fullName = ({ name, domainName }: Values) =>
    domainName === undefined ? plainName(name) : `${text(name)}.${text(domainName)}`;
  return validationRecords(certificate.outputs).map((name) =>
    all.find(({ inputs }) => fullName(inputs) === plainName(name)),
  );
}

export function isValidated(certificate: Entity, account: Account): boolean {
  return recordsFor(certificate, account).every((record) => record !== undefined);
}

/** Lightsail looks for the records from time to time: something has to wait after they are made. */
export function hasWaited(certificate: Entity, account: Account): boolean {
  return recordsFor(certificate, account).every((record) => record !== undefined && account.now > record.since);
}
