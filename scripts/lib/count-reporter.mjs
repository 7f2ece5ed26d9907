// A reporter for node --test that writes the counts of the whole run as JSON.
import path from "node:path";

export default async function* countReporter(events) {
  let empty = 0;
  for await (const { type, data } of events) {
    // A file without a test is reported as a passed test that is named like the file.
    if (type === "test:pass" && data.nesting === 0 && data.file === path.resolve(data.name)) empty += 1;
    // There is one summary for each file, and one without a file for all.
    if (type === "test:summary" && data.file === undefined) {
      const { passed, failed, cancelled, skipped, todo } = data.counts;
      yield JSON.stringify({ passed: passed - empty, failed: failed + cancelled + empty, skipped: skipped + todo });
    }
  }
}
