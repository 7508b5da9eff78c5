// Finds the tables in the plain text of a document. A table row is kept there as one line,
// 「列名：值；列名：值」, an empty cell left out; a cell itself may hold 「；」 and 「：」.

export const SEPARATOR = "；";
const NAMED = /^([^：；，。]{1,20})：/u;

/**
 * @param lines        [{start, end, text}] in order, offsets in code points
 * @param isElsewhere  tells of a line's number whether it is something else, a heading say
 * @returns a Map from the number of each line that is a row to {table, cells}: `table` has the column
 *   names and is one object for all rows of a table, a cell {start, end, nameEnd, column} ends with its separator
 */
export function findTableRows(lines, isElsewhere) {
  const rows = new Map();
  const pieces = lines.map(({ text }, number) => (isElsewhere(number) ? [] : splitPieces(text)));
  let first = 0;
  while (first < lines.length) {
    const after = endOfGroup(pieces, first);
    const columns = columnNames(pieces.slice(first, after));
    if (after - first > 1 && columns.length > 1) {
      const table = { columns };
      for (let number = first; number < after; number++) {
        rows.set(number, { table, cells: joinCells(pieces[number], columns, lines[number].start) });
      }
    }
    first = Math.max(after, first + 1);
  }
  return rows;
}

/** The line cut behind each separator: [{name, length}], lengths in code points, name null where there is none. */
function splitPieces(text) {
  return text.split(SEPARATOR).map((piece, index, all) => {
    const named = NAMED.exec(piece);
    return { name: named ? named[1] : null, length: Array.from(piece).length + (index < all.length - 1 ? 1 : 0) };
  });
}

/** The number behind the last of the lines that follow each other and begin with the same column. */
function endOfGroup(pieces, first) {
  const opens = (number) => (pieces[number] && pieces[number].length ? pieces[number][0].name : null);
  let after = first;
  while (opens(first) !== null && opens(after) === opens(first)) after++;
  return after;
}

/** The names that most rows have, in the order of the row that has most of them. */
function columnNames(group) {
  const names = group.map((row) => row.map(({ name }) => name).filter((name) => name !== null));
  const common = (name) => names.filter((row) => row.includes(name)).length > group.length / 2;
  const columns = names.map((row) => [...new Set(row.filter(common))]);
  return columns.reduce((most, row) => (row.length > most.length ? row : most), []);
}

/** A piece that does not open a later column belongs to the cell before it. */
function joinCells(pieces, columns, start) {
  const cells = [];
  let at = start;
  let column = -1;
  for (const { name, length } of pieces) {
    const found = columns.indexOf(name, column + 1);
    if (found >= 0) {
      column = found;
      cells.push({ start: at, end: at, nameEnd: at + Array.from(name).length + 1, column });
    }
    at += length;
    cells[cells.length - 1].end = at;
  }
  return cells;
}
