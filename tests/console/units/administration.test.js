import { findChanges, nest } from "../../../console/js/administration/frame/values.js";
import { readGroup } from "../../../console/js/administration/groups/group_id.js";
import { nextSpan, readTime } from "../../../console/js/administration/hours/times.js";
import { expectEqual } from "./expect.js";

Deno.test("a form sends what was changed, nested as the API takes it", () => {
  const stored = { name: "Shop", ids: ["a"], "credentials.token": "" };
  const values = { ...stored, ids: ["a", "b"], "credentials.token": "1:A" };
  const changes = findChanges(stored, values);
  expectEqual(changes, { ids: ["a", "b"], "credentials.token": "1:A" });
  expectEqual(nest(changes), { ids: ["a", "b"], credentials: { token: "1:A" } });
  expectEqual(findChanges(stored, { ...stored, ids: ["a"] }), {});
});

Deno.test("times are read as people type them", () => {
  const typed = ["9", "900", "0930", "9.30", "09:30", " 17 30 ", "24:00", "noon", "", "12:345"];
  expectEqual(typed.map(readTime), [
    "09:00",
    "09:00",
    "09:30",
    "09:30",
    "09:30",
    "17:30",
    "24:00",
    "noon",
    "",
    "12:345",
  ]);
  expectEqual(nextSpan([]), { opens: "09:00", closes: "17:00" });
  expectEqual(nextSpan([{ opens: "09:00", closes: "12:00" }]), { opens: "13:00", closes: "14:00" });
  expectEqual(nextSpan([{ opens: "09:00", closes: "23:00" }]).closes, "24:00");
});

Deno.test("a group is named by its id, or by the link to one of its messages", () => {
  const typed = [" -1001234567890 ", "https://t.me/c/1234567890/5", "t.me/c/1234567890/5/7"];
  expectEqual(typed.map(readGroup), Array(3).fill("-1001234567890"));
});
