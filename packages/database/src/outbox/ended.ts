/** An operation whose last row has ended. */
export interface EndedOperation {
  id: string;
  partyId: string;
  kind: string;
  state: "entered" | "refused" | "failed";
  code: string | null;
  issueId: string | null;
  subjectId: string | null;
  rowsEntered: number;
  rowsRefused: number;
}
