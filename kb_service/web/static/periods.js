// Months and quarters by their names: 2026-11 and 2026-Q4.

const pad = (number) => String(number).padStart(2, "0");

export const MONTH = 1;
export const QUARTER = 3;

const nameOf = (months, index) => {
  const year = Math.floor((index * months) / 12);
  const within = index - (year * 12) / months;
  return months === QUARTER ? `${year}-Q${within + 1}` : `${year}-${pad(within + 1)}`;
};

/** {months, index} of a name, index counted from the year 0; null for what is no period. */
export function readPeriod(text) {
  const match = /^([1-9]\d{3})-(?:(0[1-9]|1[0-2])|Q([1-4]))$/.exec(text || "");
  if (!match) return null;
  const [, year, month, quarter] = match;
  return month
    ? { months: MONTH, index: Number(year) * 12 + Number(month) - 1 }
    : { months: QUARTER, index: Number(year) * 4 + Number(quarter) - 1 };
}

/** The name of the period so many steps away. */
export function periodBeside(name, steps) {
  const { months, index } = readPeriod(name);
  return nameOf(months, index + steps);
}

/** The period of that length that now is in. */
export function currentPeriod(months) {
  const now = new Date();
  return nameOf(months, Math.floor((now.getFullYear() * 12 + now.getMonth()) / months));
}

/** A period of another length that has its beginning or is around it, not after the present one. */
export function periodOfLength(name, months) {
  const { months: length, index } = readPeriod(name);
  const found = nameOf(months, Math.floor((index * length) / months));
  const current = currentPeriod(months);
  return readPeriod(found).index > readPeriod(current).index ? current : found;
}
