/**
 * Loaded before every test file. Mocha passes, with exit code 0, on an unhandled rejection and on an assertion that
 * fails in a floating `apply`: rethrown here, it fails the test that runs.
 */
process.on("unhandledRejection", (reason) => {
  throw reason instanceof Error ? reason : new Error(`unhandled rejection: ${String(reason)}`);
});
