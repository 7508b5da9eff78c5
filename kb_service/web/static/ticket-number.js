// A ticket's number as people type it.

/** 12, t12, T12 -> T12; anything else stays as it is, for the service to tell what it is not. */
export const ticketIdOf = (text) => text.trim().replace(/^[tT]?(\d+)$/, "T$1");
