import { expect, test } from "vitest";
import { dayOf } from "../src/jst.ts";
import {
  type CoOwnership,
  isMinorOn,
  noticesOn,
  type Representative,
  representationFaults,
  representativesOn,
  rightsRest,
} from "../src/representation.ts";

const parent: Representative = {
  role: "PARENT",
  name: "親権者",
  address: "東京都",
  from: "2021-08-01",
  until: "2022-03-31",
  receivesNotices: true,
};
const child = { kind: "individual", name: "子", address: "大阪府", bornOn: "2003-06-15" };

test("a minor is one until twenty, from 2022-04-01 on until eighteen", () => {
  const ages = ["2021-06-14", "2022-03-31", "2022-04-01"].map((iso) => isMinorOn(child, dayOf(iso)));
  expect(ages).toEqual([true, true, false]);
  const later = { ...child, bornOn: "2004-06-15" };
  expect(["2022-06-14", "2022-06-15"].map((iso) => isMinorOn(later, dayOf(iso)))).toEqual([true, false]);
  expect(isMinorOn({ ...child, kind: "corporation" }, dayOf("2021-01-01"))).toBe(false);
  expect(isMinorOn({ ...child, bornOn: null }, dayOf("2021-01-01"))).toBe(false);
});

test("a representative acts from its first day to the end of its last, and takes the notices meanwhile [TA 191(1)]", () => {
  const person = { ...child, representatives: [parent] };
  const acting = (iso: string) => representativesOn(person, dayOf(iso)).length;
  expect(["2021-07-31", "2021-08-01", "2022-03-31", "2022-04-01"].map(acting)).toEqual([0, 1, 1, 0]);
  expect(noticesOn(person, dayOf("2022-03-31")).name).toBe("親権者");
  expect(noticesOn(person, dayOf("2022-04-01"))).toEqual({ name: "子", address: "大阪府" });
  const moved = { ...person, noticesTo: "京都府" };
  expect(noticesOn(moved, dayOf("2022-04-01"))).toEqual({ name: "子", address: "京都府" });
});

test("a minor's representative begins while the person is a minor; two do not take notices at the same time", () => {
  expect(representationFaults({ ...child, representatives: [parent] })).toEqual([]);
  const late = { ...parent, from: "2022-04-01", until: undefined };
  expect(representationFaults({ ...child, representatives: [late] })).toEqual(["ROLE_DOES_NOT_FIT"]);
  const proxy: Representative = { ...parent, role: "STANDING_PROXY", from: "2022-03-31", until: undefined };
  expect(representationFaults({ ...child, representatives: [parent, proxy] })).toEqual([
    "ONE_RECEIVES_NOTICES",
  ]);
  const after = { ...proxy, from: "2022-04-01" };
  expect(representationFaults({ ...child, representatives: [parent, after] })).toEqual([]);
});

const group = (more: Partial<CoOwnership> = {}) => ({
  kind: "co-owners",
  name: "共有",
  address: "東京都",
  coOwners: {
    members: [1, 2, 3].map((n) => ({ name: `共有者${n}`, address: `住所${n}`, share: { parts: 1, of: 3 } })),
    representative: null,
    noticeReceiver: null,
    ...more,
  },
});

test("co-owners' shares sum to one exactly, and whoever is named is one of them [TA 193]", () => {
  expect(representationFaults(group())).toEqual([]);
  const members = group().coOwners.members.slice(0, 2);
  expect(representationFaults(group({ members }))).toEqual(["SHARES_DO_NOT_ADD_UP"]);
  expect(representationFaults(group({ representative: 3 }))).toEqual(["NOT_A_CO_OWNER"]);
  expect([rightsRest(group()), rightsRest(group({ representative: 2 })), rightsRest(child)]).toEqual([
    true,
    false,
    false,
  ]);
});

test("co-owners' notices go to who was named for them, else to who acts for them, else to any one [TA 191(3)]", () => {
  const to = (more: Partial<CoOwnership>) => noticesOn(group(more), dayOf("2022-01-01")).name;
  expect([to({}), to({ representative: 1 }), to({ representative: 1, noticeReceiver: 2 })]).toEqual([
    "共有者1",
    "共有者2",
    "共有者3",
  ]);
});
