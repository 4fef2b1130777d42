/** What every subscribing Worker lets its publishers ask: which of these events have you handled? */
export interface InboxApi {
  /** Answers the ids among `eventIds` (at most 1,000) that were handled: the proof that lets a publisher close them. */
  handledEvents(eventIds: readonly string[]): Promise<string[]>;
}
