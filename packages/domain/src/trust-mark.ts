import { hex, type Word } from "./words.ts";

/**
 * To which property units belong that the trustee itself has (TAR 20). The place of a name is its code on chain:
 * names are only ever appended.
 */
export const capacities = ["NONE", "PROPRIETARY", "OTHER_TRUST", "THIS_TRUST"] as const;
export type Capacity = (typeof capacities)[number];
/** 固有財産, 他の信託財産, 当該受益証券発行信託の信託財産. */
export const trusteeCapacities = capacities.slice(1) as Exclude<Capacity, "NONE">[];

/** In the words of the ordinance (TAR 20). */
export const capacitiesJa: Readonly<Record<Capacity, string>> = {
  NONE: "",
  PROPRIETARY: "固有財産",
  OTHER_TRUST: "他の信託財産",
  THIS_TRUST: "当該受益証券発行信託の信託財産",
};

/** `data` of a MARK: the capacity in its first digit. */
export const encodeMark = (capacity: Capacity): Word =>
  `0x${hex(capacities.indexOf(capacity), 1)}${"0".repeat(63)}`;

/** The capacity of a MARK; "NONE" for a mark that says none. */
export const capacityOf = (data: Word): Capacity =>
  capacities[Number.parseInt(data.slice(2, 3), 16)] ?? "NONE";
