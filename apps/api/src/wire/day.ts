/** A day as the wire has it. Prisma reads a date column as midnight UTC of that day. */
export const dayWire = (date: Date): string => date.toISOString().slice(0, 10);
