// Keys that make a request safe to repeat.

/**
 * Gives a request's idempotency key: the same for the same body sent again, such as after a lost connection, and a new
 * one for another body.
 */
export function requestKeys() {
  let latest = "";
  let key = "";
  return (body) => {
    const text = JSON.stringify(body);
    if (text !== latest) {
      latest = text;
      key = [...crypto.getRandomValues(new Uint32Array(4))].map((n) => n.toString(16).padStart(8, "0")).join("");
    }
    return key;
  };
}
