interface Growable<A> {
  readonly length: number;
  set(from: A): void;
}

/** The same array while it has room for `length`, else a copy of that type that has half as much again. */
export function grown<A extends Growable<A>>(type: new (length: number) => A, array: A, length: number): A {
  if (length <= array.length) return array;
  const roomier = new type(Math.ceil(length * 1.5));
  roomier.set(array);
  return roomier;
}
