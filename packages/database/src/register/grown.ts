type Numbers = Int32Array | Uint32Array | Float64Array | BigInt64Array;

/** The same array while it has room for `length`, else a copy that has half as much again. */
export function grown<A extends Numbers>(array: A, length: number): A {
  if (length <= array.length) return array;
  const roomier = new (array.constructor as new (length: number) => A)(Math.ceil(length * 1.5));
  roomier.set(array as never);
  return roomier;
}
