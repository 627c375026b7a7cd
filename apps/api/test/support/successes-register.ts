import { traded } from "./trades.ts";
import type { World } from "./world.ts";

export const registerSuccesses = {
  readHolderHistory: {
    200: async (world: World) => {
      const { issueId: id, seller } = await traded(world);
      const question = { params: { id, personId: seller.personId }, query: { limit: 2 } };
      return { secret: world.broker.secret, question };
    },
  },
};
