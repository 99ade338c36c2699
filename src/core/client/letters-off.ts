/** Past this the words have nothing to do with each other, and counting on is of no use. */
const FAR = 3;

/** How many letters to add, remove, change, or swap with their neighbour (optimal string alignment); at most `FAR`. */
export function lettersOff(a: string, b: string): number {
  if (Math.abs(a.length - b.length) >= FAR) return FAR;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, before[j - 2]! + 1);
      next.push(least);
    }
    before = row;
    row = next;
  }
  return Math.min(FAR, row[b.length]!);
}
