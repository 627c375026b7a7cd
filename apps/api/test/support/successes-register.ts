import { traded } from "./trades.ts";
import type { World } from "./world.ts";

export const registerSuccesses = {
  printRegister: {
    200: async (world: World) => {
      const { issueId: id } = await traded(world);
      const question = { params: { id }, query: { purpose: "定期点検", limit: 2 } };
      return { secret: world.trustee.secret, question };
    },
  },
  readHolderHistory: {
    200: async (world: World) => {
      const { issueId: id, seller } = await traded(world);
      const question = { params: { id, personId: seller.personId }, query: { limit: 2 } };
      return { secret: world.broker.secret, question };
    },
  },
};
