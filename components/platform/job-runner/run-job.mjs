/**
 * Runs a job as an ECS task and waits for its end. Plain JavaScript, for Lambda runs it as it is; `run-job.d.mts` has its types.
 *
 * Who calls again while a run goes on (a connection that broke) is given that run, and no second one.
 */
import { createHash } from "node:crypto";
import { setTimeout } from "node:timers/promises";

/** Seconds between two looks at the task. */
const POLL = 5;
/** Seconds that a role which is new may be refused. */
const NEW_ROLE = 90;
/** Seconds that are left for stopping the task and saying why. */
const RESERVE = 30;

const hash = (...parts) => createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);

export async function runJob(input, { ecs, requestId, remaining, pause = (seconds) => setTimeout(seconds * 1000) }) {
  const { job, run, retries } = input;
  const startedBy = `spectrum/${hash(input)}`;
  let failure = "there was no time to start it";
  for (let attempt = 0; attempt <= retries && left() > POLL; attempt++) {
    const going = attempt === 0 ? await findGoing() : undefined;
    const outcome = await runOnce(going, attempt);
    if (outcome.failure === undefined) return { task: outcome.task, exitCode: 0 };
    failure = `${outcome.failure}; run ${attempt + 1} of ${retries + 1}`;
    if (attempt < retries) await pause(POLL);
  }
  throw new Error(`job ${job} failed: ${failure}`);

  /** Seconds until this function must have done. */
  function left() {
    return remaining() / 1000 - RESERVE;
  }

  async function findGoing() {
    const { taskArns = [] } = await refusedAtFirst(() => ecs.listTasks({ cluster: run.cluster, startedBy }));
    return taskArns[0];
  }

  async function runOnce(going, attempt) {
    const end = Math.max(0, left() - input.timeout);
    let task = going;
    if (task === undefined) {
      const request = { ...run, startedBy, clientToken: hash(requestId, attempt) };
      const { tasks = [], failures = [] } = await refusedAtFirst(() => ecs.runTask(request));
      task = tasks[0]?.taskArn;
      if (task === undefined) return { failure: `ECS started no task: ${failures[0]?.reason ?? "it says not why"}` };
    }
    for (;;) {
      const found = await describe(task);
      if (found?.lastStatus === "STOPPED") return { task, failure: failureOf(task, found) };
      if (left() <= end) return { task, failure: await stop(task) };
      await pause(POLL);
    }
  }

  /** Undefined where ECS has not heard of it yet, or does not answer. */
  async function describe(task) {
    try {
      const { tasks = [] } = await ecs.describeTasks({ cluster: run.cluster, tasks: [task] });
      return tasks[0];
    } catch (error) {
      if (!mayPass(error)) throw error;
      return undefined;
    }
  }

  async function stop(task) {
    await ecs.stopTask({ cluster: run.cluster, task, reason: "its time is over" });
    return `stopped after ${input.timeout} s, or what of them there was; ${logsOf(task)}`;
  }

  function failureOf(task, { containers = [], stoppedReason = "stopped" }) {
    const { exitCode, reason } = containers.find(({ name }) => name === input.container) ?? {};
    if (exitCode === 0) return undefined;
    const why = [reason, stoppedReason].filter(Boolean).join(": ");
    return `${exitCode === undefined ? "it did not start" : `exit code ${exitCode}`} (${why}); ${logsOf(task)}`;
  }

  function logsOf(task) {
    const id = task.slice(task.lastIndexOf("/") + 1);
    return `logs: ${input.logGroup}, stream ${input.logPrefix}/${input.container}/${id}`;
  }

  /** A role and its policies reach all of AWS only after some seconds. */
  async function refusedAtFirst(call) {
    const until = left() - NEW_ROLE;
    for (;;) {
      try {
        return await call();
      } catch (error) {
        const isNew = error.name === "AccessDeniedException" && left() > until;
        if (!isNew && !(mayPass(error) && left() > POLL)) throw error;
      }
      await pause(POLL);
    }
  }
}

const mayPass = ({ name }) => name === "ThrottlingException" || name === "ServerException";
