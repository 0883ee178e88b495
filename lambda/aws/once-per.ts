/** Makes one thing for each key that is asked for, once. */
export function oncePer<Of, Made>(keyOf: (of: Of) => string, make: (of: Of) => Made): (of: Of) => Made {
  const made = new Map<string, Made>();
  return (of) => {
    const key = keyOf(of);
    const known = made.get(key);
    if (known !== undefined) return known;
    const fresh = make(of);
    made.set(key, fresh);
    return fresh;
  };
}
