/** How many connections a managed database takes. Pure. */
import type { Database } from "../backing";

const GIB = 1024 ** 3;

/**
 * `null` where AWS decides by more than the class. RDS: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html;
 * ElastiCache, whatever the node: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/quota-limits.html
 */
export function connectionLimit({ kind, engine, class: size, parameters }: Database): number | null {
  const said = Number(parameters.find(({ name }) => name === "max_connections")?.value ?? Number.NaN);
  if (Number.isInteger(said) && said > 0) return said;
  if (kind === "elasticache") return 65_000;
  const memory = kind === "rds" ? memoryOf(size) : null;
  if (memory === null) return null;
  return engine === "postgres"
    ? Math.min(5000, Math.floor((memory * GIB) / 9_531_392))
    : Math.floor((memory * GIB) / 12_582_880);
}

/** GiB by the last part of a class's name, for the families with 4 GiB a vCPU; memory-optimised ones have twice as much. */
const MEMORY: Readonly<Record<string, number>> = { micro: 1, small: 2, medium: 4, large: 8, xlarge: 16 };

/** GiB of `db.t4g.micro`; `null` for a family whose sizes mean something else. */
export function memoryOf(size: string): number | null {
  const [, family, name] = /^db\.([tmr])\d[a-z]*\.(micro|small|medium|large|\d*xlarge)$/u.exec(size) ?? [];
  if (family === undefined || name === undefined) return null;
  const times = /^(\d+)xlarge$/u.exec(name)?.[1];
  const memory = times === undefined ? (MEMORY[name] ?? null) : 16 * Number(times);
  return memory === null ? null : memory * (family === "r" ? 2 : 1);
}
