import { customer } from "./samples.ts";
import type { World } from "./world.ts";

/** Needs `traded`, which it is given: the two files would else import each other. */
export const bookSuccesses = (traded: (world: World) => Promise<{ issueId: string }>) => ({
  printRegister: {
    200: async (world: World) => {
      const { issueId } = await traded(world);
      const query = { purpose: "定期点検", limit: 2 };
      return { secret: world.trustee.secret, question: { params: { id: issueId }, query } };
    },
  },
});

const member = (name: string, parts: number, of: number) => ({
  name,
  address: "東京都渋谷区神南1-1-1",
  share: { parts, of },
});

/** Two who own together, of whom none is named yet. */
export const group = (externalId: string) => {
  const { particulars, ...rest } = customer(externalId);
  const coOwners = {
    members: [member("共有 一郎", 2, 3), member("共有 二郎", 1, 3)],
    representative: null,
    noticeReceiver: null,
  };
  const name = { kanji: "共有 一郎 外1名", kana: "キョウユウ イチロウ", romaji: "Kyoyu Ichiro" };
  return {
    ...rest,
    particulars: { ...particulars, kind: "co-owners" as const, name, bornOn: null, coOwners },
  };
};
