/** A row whose columns hold less than their type in SQL can: what writes them takes nothing else. */
export type Narrowed<Row, To> = Omit<Row, keyof To> & To;
