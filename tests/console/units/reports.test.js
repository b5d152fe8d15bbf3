import { balance } from "../../../console/js/reports/balance.js";
import { chooseStep, countDays, isDay, listSteps } from "../../../console/js/reports/days.js";
import { splitSeconds } from "../../../console/js/reports/durations.js";
import { readQuestion, writeQuestion } from "../../../console/js/reports/place.js";
import { findLevel, findTicks } from "../../../console/js/reports/scale.js";
import { describeChange, fillSteps, toRows } from "../../../console/js/reports/table.js";
import { expectEqual } from "./expect.js";

Deno.test("days are listed whatever the clocks do, long periods by their Mondays", () => {
  expectEqual(listSteps("2026-03-28", "2026-03-30", "day"), [
    "2026-03-28",
    "2026-03-29",
    "2026-03-30",
  ]);
  expectEqual(listSteps("2026-04-01", "2026-04-13", "week"), [
    "2026-03-30",
    "2026-04-06",
    "2026-04-13",
  ]);
  expectEqual(listSteps("2026-04-02", "2026-04-01", "day"), []);
  expectEqual(countDays("2026-02-28", "2026-03-01"), 2);
  expectEqual(
    [chooseStep("2026-01-01", "2026-04-02"), chooseStep("2026-01-01", "2026-04-03")],
    ["day", "week"],
  );
  expectEqual(["2026-02-29", "2028-02-29", "2026-2-1", "", "2026-02-28T00"].map(isDay), [
    false,
    true,
    false,
    false,
    false,
  ]);
});

Deno.test("lengths of time have at most two units", () => {
  const words = [0, 0.4, 59.6, 61, 605, 7500, 36_061, 90_000, 864_000]
    .map(splitSeconds)
    .map((each) => each.map(({ unit, n }) => n + unit.slice(0, 1)).join(" "));
  expectEqual(words, ["0s", "0s", "1m", "1m 1s", "10m", "2h 5m", "10h", "1d 1h", "10d"]);
});

Deno.test("an axis has a few round numbers that reach the greatest value", () => {
  expectEqual(findTicks(0, false), [0, 1]);
  expectEqual(findTicks(3, false), [0, 1, 2, 3]);
  expectEqual(findTicks(97, false), [0, 50, 100]);
  expectEqual(findTicks(700, true), [0, 300, 600, 900]);
  expectEqual(findTicks(86_400 * 9, true), [0, 432_000, 864_000]);
  for (const most of [1, 7, 12, 99, 1001, 123_456]) {
    const ticks = findTicks(most, false);
    if ((ticks.at(-1) ?? 0) < most || ticks.length > 6) throw new Error(`${most}: ${ticks}`);
  }
  expectEqual(
    [0, 1, 50, 100].map((each) => findLevel(each, 100)),
    [0, 1, 3, 5],
  );
});

Deno.test("a row has its cells by name and the parameters of its sessions", () => {
  const rows = toRows({
    report: "workload",
    first_day: "2026-01-01",
    last_day: "2026-01-02",
    before_first_day: "2025-12-30",
    before_last_day: "2025-12-31",
    time_zone: "UTC",
    columns: ["day", "sessions", "human"],
    rows: [{ cells: ["2026-01-02", 7, 9], sessions: "/api/v1/reports/sessions?agent_id=A&x=1" }],
  });
  expectEqual(rows, [{ day: "2026-01-02", sessions: "agent_id=A&x=1", human: 9, count: 7 }]);
  expectEqual(
    fillSteps(rows, "day", ["2026-01-01", "2026-01-02"]).map((row) => row?.count ?? null),
    [null, 7],
  );
});

Deno.test("a change is good or bad by what is wanted", () => {
  expectEqual(describeChange(12, 10, "more"), { share: 0.2, tone: "good" });
  expectEqual(describeChange(12, 10, "less"), { share: 0.2, tone: "bad" });
  expectEqual(describeChange(5, 10, "less"), { share: -0.5, tone: "good" });
  expectEqual(describeChange(5, 5, "less"), { share: 0, tone: "plain" });
  expectEqual(describeChange(5, 0, "more"), { share: null, tone: "good" });
  expectEqual(describeChange(null, 3, "more"), { share: null, tone: "plain" });
  expectEqual(describeChange(7, 3, null).tone, "plain");
});

Deno.test("what an address asks is checked before it is sent", () => {
  const id = "01KAPQ4M6Q9Y0JX7T0ZV3F9B2D";
  expectEqual(readQuestion(""), { period: "this_week" });
  expectEqual(readQuestion("period=nothing&agent_id=<b>"), { period: "this_week" });
  expectEqual(readQuestion("first_day=2026-01-01"), { period: "this_week" });
  const days = { first_day: "2026-01-01", last_day: "2026-01-31" };
  expectEqual(readQuestion(`period=today&last_day=2026-01-31&first_day=2026-01-01&tag_id=${id}`), {
    ...days,
    tag_id: id,
  });
  expectEqual(writeQuestion({ ...days, agent_id: "" }), "first_day=2026-01-01&last_day=2026-01-31");
});

Deno.test("tiles stand in rows of about the same length", () => {
  expectEqual(
    [0, 5, 6, 7, 8, 9, 10].map((each) => balance(each, 6)),
    [0, 5, 6, 4, 4, 5, 5],
  );
});
