// A test file that leaves something open (a server, a connection, a program) would live until the runner's limit of ten minutes,
// though each of its tests has passed. It gets this long for its last hooks, and then it fails and says what is open.
import { after } from "node:test";

const GRACE_MS = Number(process.env.TEST_GRACE_MS ?? 30_000);

after(() => {
  const end = () => {
    console.error(`The tests are over, and the file does not end. What is open: ${process.getActiveResourcesInfo().join(", ")}`);
    process.exit(1);
  };
  // It keeps nothing alive itself: where all is closed, the process has ended before.
  setTimeout(end, GRACE_MS).unref();
});
